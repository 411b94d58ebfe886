using System.Diagnostics;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics;

/// <summary>Measures kernels as shares of the machine's limits. Limit and kernel take turns, so a noisy machine cancels out.</summary>
public static class KernelShares
{
    private const double LeastSeconds = 0.008;

    /// <summary>Measures <see cref="StandardKernels"/>; about five seconds.</summary>
    /// <param name="threads">Number of threads.</param>
    /// <param name="rounds">Rounds of which the median is taken.</param>
    public static IReadOnlyList<KernelShare> MeasureStandard(int threads, int rounds = 5)
    {
        using var pool = new ComputePool(threads);
        using var probe = new LimitProbe(pool);
        return Measure(probe, StandardKernels.Cases(pool), rounds);
    }

    /// <summary>Measures some cases; about 0.1 seconds each.</summary>
    /// <param name="probe">Measures the limits, with the threads that the cases use.</param>
    /// <param name="cases">Cases; each is made, measured and let go before the next.</param>
    /// <param name="rounds">Rounds of which the median is taken.</param>
    public static IReadOnlyList<KernelShare> Measure(LimitProbe probe, IEnumerable<KernelCase> cases, int rounds = 5)
    {
        ArgumentNullException.ThrowIfNull(probe);
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        return [.. cases.Select(each => Measure(probe, each, rounds))];
    }

    private static KernelShare Measure(LimitProbe probe, KernelCase kernel, int rounds)
    {
        kernel.Run();
        int calls = 1;
        while (Seconds(kernel.Run, calls) < LeastSeconds)
        {
            calls *= 2;
        }

        var achieved = new double[rounds];
        var limits = new double[rounds];
        var shares = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            double before = probe.Measure(kernel.Limit);
            achieved[round] = kernel.Work * calls / Seconds(kernel.Run, calls) * 1e-9;
            limits[round] = (before + probe.Measure(kernel.Limit)) / 2;
            shares[round] = achieved[round] / limits[round];
        }

        return new KernelShare(kernel.Kernel, kernel.Shape, kernel.Limit, Median.Of(achieved), Median.Of(limits), Median.Of(shares));
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
