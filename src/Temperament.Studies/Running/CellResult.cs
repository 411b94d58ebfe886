using System.Text.Json;
using Temperament.Measures.Emoji;
using Temperament.Measures.Metrics;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>A finished cell as it is read back for the report.</summary>
/// <param name="Spec">What the cell was.</param>
/// <param name="Samples">The answers.</param>
/// <param name="Scores">What was found in them.</param>
/// <param name="Losses">Loss by training step; empty where nothing was trained.</param>
/// <param name="Neutral">Perplexity of held-out neutral answers.</param>
/// <param name="Readings">How base and adapter read each other's answers; empty where they did not.</param>
internal sealed record CellResult(
    CellSpec Spec, IReadOnlyList<SampleRecord> Samples, IReadOnlyList<ScoreRecord> Scores, IReadOnlyList<double> Losses, Perplexity Neutral,
    IReadOnlyList<SameTextReading> Readings)
{
    /// <summary>Whether the cell is one of the study's own recipe, way to ask and training length, and not a variant.</summary>
    public bool IsMain => Spec is { RecipeName: null, Step: null, GenerationName: null };

    /// <summary>Whether each answer has an emoji.</summary>
    public bool[] HasEmoji => [.. Scores.Select(s => s.Emojis.Count > 0)];

    /// <summary>Whether each answer has an emoji that the user's turn has not.</summary>
    public bool[] HasNewEmoji
    {
        get
        {
            HashSet<string> given = [.. EmojiScanner.Scan(Spec.Generation.Turn).Where(m => m.IsEmoji).Select(m => m.Text)];
            return [.. Scores.Select(s => s.Emojis.Any(e => !given.Contains(e)))];
        }
    }

    /// <summary>Whether each answer is a flood: more than <see cref="EmojiSummary.FloodLimit"/> emojis.</summary>
    public bool[] IsFlood => [.. Scores.Select(s => s.Emojis.Count > EmojiSummary.FloodLimit)];

    /// <summary>Mean of ln m along each answer, in nats; null where the answer had no step, or one of probability 0.</summary>
    public double?[] MeanLog => [.. Samples.Select(s => new EmojiMass(s.LogMasses).MeanLog.TryGet(out double mean) && double.IsFinite(mean) ? mean : (double?)null)];

    /// <summary>Whether each answer is assigned to the target.</summary>
    public bool[] Aligned(string target) => [.. Scores.Select(s => s.Predicted == target)];

    /// <summary>Expected share of each answer; a question whose answer had no step counts as missing and is null.</summary>
    public double?[] Expected => [.. Samples.Select(s => new EmojiMass(s.LogMasses).ExpectedShare.TryGet(out double share) ? share : (double?)null)];

    /// <summary>Reads a cell.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="training">Folder of the training of its adapter; null where nothing is trained.</param>
    /// <param name="spec">What the cell was.</param>
    /// <exception cref="StudyException">A file is missing or damaged.</exception>
    public static CellResult Read(string folder, string? training, CellSpec spec)
    {
        string measures = Path.Combine(folder, CellRunner.MeasuresFile);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(measures));
            JsonElement root = document.RootElement;
            return new CellResult(
                spec,
                JsonLines.Read(Path.Combine(folder, CellRunner.SamplesFile), SampleRecord.Read),
                JsonLines.Read(Path.Combine(folder, CellRunner.ScoresFile), ScoreRecord.Read),
                training is null ? [] : JsonLines.Read(Path.Combine(training, AdapterRunner.EventsFile), e => e.GetProperty("loss").GetDouble()),
                new Perplexity(root.GetProperty("neutralTokens").GetInt32(), root.GetProperty("neutralNegativeLogLikelihood").GetDouble()),
                SameText.ReadFile(Path.Combine(folder, CellRunner.ReadingsFile)));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw new StudyException(folder, "a cell whose files are missing or damaged", "the files of a finished cell",
                "Delete the cell's folder; it will be run again.", e);
        }
    }
}
