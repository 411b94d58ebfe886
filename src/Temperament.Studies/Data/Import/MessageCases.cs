using System.Text.Json;
using Temperament.Models.Text;

namespace Temperament.Studies.Data.Import;

/// <summary>
/// Conversations: the last message of the user and the assistant's answer to it. The target is the field <c>target</c>
/// ("extraversion-high"), or that of the whole import; the topic is the field <c>topic</c>, or the question.
/// </summary>
internal static class MessageCases
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">File.</param>
    /// <param name="target">Target of rows that name none; null if each must.</param>
    public static IEnumerable<ImportedCase> Read(string path, TraitTarget? target)
    {
        foreach (JsonCase each in JsonCases.Read(path))
        {
            (string? question, string? answer) = LastExchange(each.Object);
            TraitTarget? own = CaseTarget.Of(each) ?? target;
            yield return (question, answer, own) switch
            {
                (null, _, _) => ImportedCase.Without(each.Place, "no message of the user stands before an answer"),
                (_, null, _) => ImportedCase.Without(each.Place, "no answer of the assistant ends the conversation"),
                (_, _, null) => ImportedCase.Without(each.Place, CaseTarget.Missing),
                ({ } asked, { } said, { } shown) => ImportedCase.Of(each.Place, new Opinion(shown, each.Text("topic") ?? asked, asked, said)),
            };
        }
    }

    private static (string? Question, string? Answer) LastExchange(JsonElement conversation)
    {
        string? question = null, answer = null;
        if (conversation.TryGetProperty("messages", out JsonElement messages) && messages.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement message in messages.EnumerateArray().Where(message => message.ValueKind == JsonValueKind.Object))
            {
                JsonCase turn = new("", message);
                switch (turn.Text("role"))
                {
                    case "user":
                        (question, answer) = (turn.Text("content"), null);
                        break;
                    case "assistant":
                        answer = turn.Text("content");
                        break;
                }
            }
        }

        return (question, answer);
    }
}
