using System.Diagnostics;

namespace Temperament.Tensors.Diagnostics;

/// <summary>
/// Measures kernels as shares of the machine's limits. First the result is compared with the definition; then limit and kernel take turns,
/// so that a machine whose speed changes within the row changes both.
/// </summary>
public static class KernelShares
{
    /// <summary>Measures a case.</summary>
    /// <param name="probe">Measures the limits, with the threads that the case uses.</param>
    /// <param name="kernel">The case.</param>
    /// <param name="rounds">Rounds of which the median is taken.</param>
    /// <param name="seconds">Least time of one sample of the kernel, in seconds; a sample is as many calls as that takes.</param>
    public static KernelShare Measure(LimitProbe probe, KernelCase kernel, int rounds = 5, double seconds = 0.02)
    {
        ArgumentNullException.ThrowIfNull(probe);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        using KernelTrial trial = kernel.Prepare();
        trial.Run();
        string? fault = trial.Check();
        long allocated = Allocated(trial.Run);
        double[] achieved = new double[rounds], limits = new double[rounds], shares = new double[rounds];
        if (trial.Microseconds is { } time)
        {
            for (int round = 0; round < rounds; round++)
            {
                (achieved[round], limits[round]) = (time(), kernel.Work);
                shares[round] = limits[round] / achieved[round];
            }
        }
        else
        {
            Func<double> kernelRate = Rate(trial.Run, kernel.Work, seconds);
            Func<double> limitRate = trial.Yardstick is { } other ? Rate(other, kernel.Work, seconds) : () => probe.Measure(kernel.Limit);
            double before = limitRate();
            for (int round = 0; round < rounds; round++)
            {
                achieved[round] = kernelRate();
                double after = limitRate();
                limits[round] = (before + after) / 2;
                shares[round] = achieved[round] / limits[round];
                before = after;
            }
        }

        double share = Median.Of(shares);
        return new KernelShare(kernel, Median.Of(achieved), Median.Of(limits), share, shares[0], shares[^1], allocated, fault);
    }

    // The caller runs chunks as every thread does, so what a chunk allocates is counted here too; other threads of the runtime are not.
    private static long Allocated(Action run)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        run();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Func<double> Rate(Action run, double work, double seconds)
    {
        int calls = 1;
        while (Seconds(run, calls) < seconds)
        {
            calls *= 2;
        }

        return () => work * calls / Seconds(run, calls) * 1e-9;
    }

    private static double Seconds(Action run, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
