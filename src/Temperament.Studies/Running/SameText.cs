using System.Text.Json;
using Temperament.Measures.Interpretability;
using Temperament.Measures.Metrics;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>
/// How probable an emoji is to base and adapter along the same text: a mean of ln m over the positions of the answer, in nats. What differs
/// between the two on one text is what the adapter makes the model expect; what differs between the texts is what it makes it write.
/// </summary>
/// <param name="Number">Number of the question, from 0.</param>
/// <param name="TunedOnBase">The adapter along the base's answer.</param>
/// <param name="BaseOnBase">The base along its own answer.</param>
/// <param name="TunedOnTuned">The adapter along its own answer.</param>
/// <param name="BaseOnTuned">The base along the adapter's answer.</param>
internal sealed record SameTextReading(int Number, double TunedOnBase, double BaseOnBase, double TunedOnTuned, double BaseOnTuned);

/// <summary>Lets base and adapter read each other's answers.</summary>
internal static class SameText
{
    /// <summary>Reads the answers to the first questions; those that either left empty are left out.</summary>
    /// <param name="subject">The model, with the adapter on.</param>
    /// <param name="cell">The adapter's cell.</param>
    /// <param name="ofBase">The base's answers, asked in the same way.</param>
    /// <param name="ofTuned">The adapter's answers.</param>
    public static IReadOnlyList<SameTextReading> Read(
        StudySubject subject, CellSpec cell, IReadOnlyList<SampleRecord> ofBase, IReadOnlyList<SampleRecord> ofTuned)
    {
        int count = Math.Min(cell.SameTextQuestions, Math.Min(ofBase.Count, ofTuned.Count));
        AnswerTokens[] baseTexts = Texts(subject, cell, ofBase, count), tunedTexts = Texts(subject, cell, ofTuned, count);
        double?[] tunedOnBase = Read(subject, baseTexts), tunedOnTuned = Read(subject, tunedTexts);
        double?[] baseOnBase, baseOnTuned;
        using (AdapterSwitch.Off(subject.Network))
        {
            baseOnBase = Read(subject, baseTexts);
            baseOnTuned = Read(subject, tunedTexts);
        }

        return [.. Enumerable.Range(0, count)
            .Where(i => tunedOnBase[i] is not null && tunedOnTuned[i] is not null)
            .Select(i => new SameTextReading(i, tunedOnBase[i]!.Value, baseOnBase[i]!.Value, tunedOnTuned[i]!.Value, baseOnTuned[i]!.Value))];
    }

    /// <summary>Writes readings, one a line.</summary>
    public static void Write(string path, IReadOnlyList<SameTextReading> readings) => JsonLines.Write(path, readings, (r, json) =>
    {
        json.WriteStartObject();
        json.WriteNumber("n", r.Number);
        json.WriteNumber("tunedOnBase", r.TunedOnBase);
        json.WriteNumber("baseOnBase", r.BaseOnBase);
        json.WriteNumber("tunedOnTuned", r.TunedOnTuned);
        json.WriteNumber("baseOnTuned", r.BaseOnTuned);
        json.WriteEndObject();
    });

    /// <summary>Reads what <see cref="Write"/> wrote; none where there is no file.</summary>
    public static IReadOnlyList<SameTextReading> ReadFile(string path) => File.Exists(path) ? JsonLines.Read(path, Parse) : [];

    private static SameTextReading Parse(JsonElement e) => new(
        e.GetProperty("n").GetInt32(),
        e.GetProperty("tunedOnBase").GetDouble(),
        e.GetProperty("baseOnBase").GetDouble(),
        e.GetProperty("tunedOnTuned").GetDouble(),
        e.GetProperty("baseOnTuned").GetDouble());

    private static AnswerTokens[] Texts(StudySubject subject, CellSpec cell, IReadOnlyList<SampleRecord> samples, int count) =>
        [.. samples.Take(count).Select(s => subject.Given(cell.Generation.Ask(s.Question), s.Answer))];

    private static double?[] Read(StudySubject subject, AnswerTokens[] texts)
    {
        IReadOnlyList<ProbeRow> rows = LatentProbe.Run(subject.Network, texts, subject.EmojiTokens, [.. subject.Loaded.StopTokens]);
        return [.. rows.Select(row => row.EmojiInsideMeanLog.TryGet(out double mean) && double.IsFinite(mean) ? mean : (double?)null)];
    }
}
