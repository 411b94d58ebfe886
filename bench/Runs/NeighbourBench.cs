using System.Diagnostics;
using System.Globalization;
using Temperament.Benchmarks.Peers;
using Temperament.Tensors.Diagnostics.Cases;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>
/// <c>neighbours</c>: two processes side by side, each with a thread a core, against one alone. Fair halves of the machine take twice the
/// time; threads that spin while the other process has work for the processor take more. The work is a chain of small jobs with
/// pauses of one thread between them, as steps of training have.
/// </summary>
internal static class NeighbourBench
{
    /// <summary>The filter by which a run knows that it is one of the processes.</summary>
    public const string Work = "work";

    private const int Rows = 64, Columns = 576, Steps = 2000, JobsOfStep = 6, WarmSteps = 300, Samples = 3;
    private const double Must = 2.2;

    /// <summary>Runs the processes and prints. 1 where they hurt each other more than they must, else 0.</summary>
    public static int Run(BenchOptions options)
    {
        if (options.Filter == Work)
        {
            Console.WriteLine(Seconds(options.Threads).ToString("R", CultureInfo.InvariantCulture));
            return 0;
        }

        double[] alone = new double[Samples], together = new double[Samples];
        for (int sample = 0; sample < Samples; sample++)
        {
            alone[sample] = Longest(options.Threads, 1);
            together[sample] = Longest(options.Threads, 2);
        }

        double ratio = Rounds.MedianRatio(together, alone);
        Console.WriteLine(FormattableString.Invariant(
            $"one process with {options.Threads} threads: {Rounds.Median(alone):F2} s; two side by side: {Rounds.Median(together):F2} s, {ratio:F2} times (at most {Must})  {(ratio <= Must ? "PASS" : "miss")}"));
        return ratio <= Must ? 0 : 1;
    }

    private static double Longest(int threads, int processes)
    {
        Process[] running = [.. Enumerable.Range(0, processes).Select(_ => OwnProcess.Start("neighbours", Work, "--threads", threads.ToString(CultureInfo.InvariantCulture)))];
        double longest = 0;
        foreach (Process process in running)
        {
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            longest = Math.Max(longest, double.Parse(text, CultureInfo.InvariantCulture));
            process.Dispose();
        }

        return longest;
    }

    private static double Seconds(int threads)
    {
        using var pool = new ComputePool(threads);
        using var bank = new TensorBank();
        Tensor x = bank.Normal(Rows, Columns), y = bank.Zeros(Rows, Columns), w = bank.Normal(Columns, Columns);
        Tensor scale = bank.Normal(1, Columns), rstd = bank.Zeros(1, Rows);
        void Step()
        {
            for (int job = 0; job < JobsOfStep; job++)
            {
                MatMul.Forward(pool, y, x, WeightMatrix.F32(w));
                RmsNorm.Forward(pool, y, rstd, y, scale, 1e-5f);
            }

            Thread.SpinWait(1000);
        }

        for (int i = 0; i < WarmSteps; i++)
        {
            Step();
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Steps; i++)
        {
            Step();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
