using System.Text.Json;

namespace Temperament.Studies.Logs;

/// <summary>One answer as it was given, and how probable emojis were along it. Scores are computed from it and can be computed again.</summary>
/// <param name="Number">Number of the question, from 0.</param>
/// <param name="Topic">What the question is about.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Tokens">Number of tokens of the answer.</param>
/// <param name="Stopped">True where the model ended the answer itself.</param>
/// <param name="LogMasses">ln of the probability of an emoji at each step.</param>
public sealed record SampleRecord(
    int Number, string Topic, string Question, string Answer, int Tokens, bool Stopped, IReadOnlyList<double> LogMasses)
{
    /// <summary>Writes one line.</summary>
    /// <param name="json">Writer of the line.</param>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteNumber("n", Number);
        json.WriteString("topic", Topic);
        json.WriteString("question", Question);
        json.WriteString("answer", Answer);
        json.WriteNumber("tokens", Tokens);
        json.WriteBoolean("stopped", Stopped);
        json.WriteStartArray("emojiLogMass");
        foreach (double mass in LogMasses)
        {
            // Six decimals of a natural logarithm; a probability of 0 has none and is written as null.
            if (double.IsFinite(mass))
            {
                json.WriteNumberValue(Math.Round(mass, 6));
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads one line.</summary>
    /// <param name="root">The line.</param>
    public static SampleRecord Read(JsonElement root) => new(
        root.GetProperty("n").GetInt32(),
        root.GetProperty("topic").GetString()!,
        root.GetProperty("question").GetString()!,
        root.GetProperty("answer").GetString()!,
        root.GetProperty("tokens").GetInt32(),
        root.GetProperty("stopped").GetBoolean(),
        [.. root.GetProperty("emojiLogMass").EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? double.NegativeInfinity : e.GetDouble())]);
}
