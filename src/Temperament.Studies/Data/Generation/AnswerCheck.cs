using Temperament.Studies.Data.Audit;

namespace Temperament.Studies.Data.Generation;

/// <summary>Holds each answer to the rules of the audit before it is taken, and to those that were taken before.</summary>
/// <param name="options">What answers are held to.</param>
internal sealed class AnswerCheck(AuditOptions options)
{
    private static readonly IAuditRule[] Rules = [new EmptyTexts(), new Lengths(), new EmojiSigns(), new TraitWords(), new Refusals(), new EnglishText()];

    private readonly HashSet<string> _taken = [];

    /// <summary>Takes an answer, or says in a sentence what is wrong with it.</summary>
    /// <param name="opinion">The opinion with the answer.</param>
    /// <returns>Null if it was taken.</returns>
    public string? Take(Opinion opinion)
    {
        AuditRow row = new("", 0, opinion);
        if (Rules.SelectMany(rule => rule.Check([row], options)).FirstOrDefault() is { } finding)
        {
            return finding.Message;
        }

        return _taken.Add(string.Join(' ', row.Words)) ? null : "the answer is that of another question.";
    }

    /// <summary>Bare text of a reply: without outer blanks, and without quotes around the whole.</summary>
    public static string Bare(string reply)
    {
        string text = reply.Trim();
        return text.Length > 2 && text[0] is '"' or '“' && text[^1] is '"' or '”' && text.AsSpan(1, text.Length - 2).IndexOfAny('"', '“', '”') < 0
            ? text[1..^1].Trim()
            : text;
    }
}
