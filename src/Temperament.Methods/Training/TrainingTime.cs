using System.Diagnostics;

namespace Temperament.Methods.Training;

/// <summary>Estimates how long a run takes, before it begins.</summary>
internal static class TrainingTime
{
    private const int LookedAt = 200;

    /// <summary>Seconds of all steps, by the time that the middle one of some takes for a token.</summary>
    public static double Estimate(Trainer trainer, IStepSource source)
    {
        int[] tokens = [.. Enumerable.Range(0, Math.Min(LookedAt, source.Steps)).Select(s => source.At(s).Sum(b => b.Tokens.Rows))];
        int middle = Enumerable.Range(0, tokens.Length).OrderBy(s => tokens[s]).ElementAt(tokens.Length / 2);
        IReadOnlyList<MicroBatch> batches = source.At(middle);

        // The first pass lets memory grow and the code be compiled.
        trainer.Probe(batches);
        long start = Stopwatch.GetTimestamp();
        trainer.Probe(batches);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return seconds / tokens[middle] * tokens.Average() * source.Steps;
    }
}
