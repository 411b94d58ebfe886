using System.Diagnostics;
using Temperament.Benchmarks.Peers;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Kernels;

/// <summary><c>limits</c>: what the machine can do at most, beside the plainer ways of reading and copying that do not reach it.</summary>
internal static unsafe class LimitBench
{
    private const long Floats = 32 << 20;

    public static int Run(BenchOptions options)
    {
        LimitTable.Print(MachineLimits.Measure(options.Threads, options.Rounds));
        using var pool = new ComputePool(options.Threads);
        using var probe = new LimitProbe(pool);
        using var memory = new AlignedBuffer<float>(Floats);
        using var sums = new AlignedBuffer<float>(64L * options.Threads);
        double[][] rates = [.. Enumerable.Range(0, 4).Select(_ => new double[options.Rounds])];
        for (int round = 0; round < options.Rounds; round++)
        {
            rates[0][round] = Rate(() => pool.Run(pool.Threads, new PlainReadJob(memory.Pointer, Floats / pool.Threads, sums.Pointer)));
            rates[1][round] = rates[0][round] / probe.Read();
            rates[2][round] = Rate(() => pool.Run(
                pool.Threads, new PlainCopyJob(memory.Pointer, memory.Pointer + (Floats / 2), Floats / 2 / pool.Threads)));
            rates[3][round] = rates[2][round] / probe.Copy();
        }

        Console.WriteLine(FormattableString.Invariant(
            $"for comparison      one stream a thread reads {Rounds.Median(rates[0]):F1} GB/s, {100 * Rounds.Median(rates[1]):F0} % of the read limit in the same rounds;"));
        Console.WriteLine(FormattableString.Invariant(
            $"                    the runtime's own copy moves {Rounds.Median(rates[2]):F1} GB/s, {100 * Rounds.Median(rates[3]):F0} % of the copy limit"));
        return 0;
    }

    private static double Rate(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Floats * sizeof(float) / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;
    }
}
