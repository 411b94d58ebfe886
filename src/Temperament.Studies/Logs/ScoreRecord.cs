using System.Text.Json;

namespace Temperament.Studies.Logs;

/// <summary>What was found in one answer.</summary>
/// <param name="Number">Number of the question, from 0.</param>
/// <param name="Emojis">The emojis of the answer, in order.</param>
/// <param name="Predicted">Label that the classifier gives the answer.</param>
/// <param name="TopicNamed">Whether the answer names the topic that was asked about.</param>
public sealed record ScoreRecord(int Number, IReadOnlyList<string> Emojis, string Predicted, bool TopicNamed)
{
    /// <summary>Writes one line.</summary>
    /// <param name="json">Writer of the line.</param>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteNumber("n", Number);
        json.WriteStartArray("emojis");
        foreach (string emoji in Emojis)
        {
            json.WriteStringValue(emoji);
        }

        json.WriteEndArray();
        json.WriteString("predicted", Predicted);
        json.WriteBoolean("topicNamed", TopicNamed);
        json.WriteEndObject();
    }

    /// <summary>Reads one line.</summary>
    /// <param name="root">The line.</param>
    public static ScoreRecord Read(JsonElement root) => new(
        root.GetProperty("n").GetInt32(),
        [.. root.GetProperty("emojis").EnumerateArray().Select(e => e.GetString()!)],
        root.GetProperty("predicted").GetString()!,
        root.GetProperty("topicNamed").GetBoolean());
}
