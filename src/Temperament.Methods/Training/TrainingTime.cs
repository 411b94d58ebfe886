using System.Diagnostics;

namespace Temperament.Methods.Training;

/// <summary>Estimates how long a run takes, before it begins.</summary>
internal static class TrainingTime
{
    private const int LookedAt = 200, LeastPasses = 3, MostPasses = 8;
    private const double Settled = 0.95;

    /// <summary>Seconds of all steps, by the time that the middle one of some takes for a token.</summary>
    public static double Estimate(Trainer trainer, IStepSource source)
    {
        int[] tokens = [.. Enumerable.Range(0, Math.Min(LookedAt, source.Steps)).Select(s => source.At(s).Sum(b => b.Tokens.Rows))];
        int middle = Enumerable.Range(0, tokens.Length).OrderBy(s => tokens[s]).ElementAt(tokens.Length / 2);
        IReadOnlyList<MicroBatch> batches = source.At(middle);

        // Passes at first let memory grow and the code be compiled: the step is computed until that takes no less time.
        double before = double.PositiveInfinity, seconds = Seconds(trainer, batches);
        for (int pass = 1; pass < LeastPasses || (pass < MostPasses && seconds < Settled * before); pass++)
        {
            before = seconds;
            seconds = Math.Min(before, Seconds(trainer, batches));
        }

        return seconds / tokens[middle] * tokens.Average() * source.Steps;
    }

    private static double Seconds(Trainer trainer, IReadOnlyList<MicroBatch> batches)
    {
        long start = Stopwatch.GetTimestamp();
        trainer.Probe(batches);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
