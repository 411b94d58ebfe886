using System.Text.Json;
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
internal sealed record CellResult(
    CellSpec Spec, IReadOnlyList<SampleRecord> Samples, IReadOnlyList<ScoreRecord> Scores, IReadOnlyList<double> Losses, Perplexity Neutral)
{
    /// <summary>Whether each answer has an emoji.</summary>
    public bool[] HasEmoji => [.. Scores.Select(s => s.Emojis.Count > 0)];

    /// <summary>Whether each answer is assigned to the target.</summary>
    public bool[] Aligned(string target) => [.. Scores.Select(s => s.Predicted == target)];

    /// <summary>Expected share of each answer; a question whose answer had no step counts as missing and is null.</summary>
    public double?[] Expected => [.. Samples.Select(s => new EmojiMass(s.LogMasses).ExpectedShare.TryGet(out double share) ? share : (double?)null)];

    /// <summary>Reads a cell.</summary>
    /// <exception cref="StudyException">A file is missing or damaged.</exception>
    public static CellResult Read(string folder, CellSpec spec)
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
                JsonLines.Read(Path.Combine(folder, CellRunner.EventsFile), e => e.GetProperty("loss").GetDouble()),
                new Perplexity(root.GetProperty("neutralTokens").GetInt32(), root.GetProperty("neutralNegativeLogLikelihood").GetDouble()));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw new StudyException(folder, "a cell whose files are missing or damaged", "the files of a finished cell",
                "Delete the cell's folder; it will be run again.", e);
        }
    }
}
