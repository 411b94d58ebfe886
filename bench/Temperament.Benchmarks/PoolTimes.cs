using System.Diagnostics;
using System.Globalization;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks;

/// <summary>How long a parallel job takes that does nothing: right after another one, and after the workers have gone to sleep.</summary>
internal static class PoolTimes
{
    /// <summary>Measures and prints.</summary>
    public static void Print(int threads)
    {
        using var pool = new ComputePool(threads);
        foreach (int chunks in new[] { threads, 16 * threads })
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{chunks} empty chunks, {threads} threads: {Busy(pool, chunks):F2} us busy, {Idle(pool, chunks, 5):F1} us after 5 ms"));
        }
    }

    private static double Busy(ComputePool pool, int chunks)
    {
        var times = new double[9];
        for (int round = 0; round < times.Length; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 2000; i++)
            {
                pool.Run(chunks, default(Nothing));
            }

            times[round] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / 2000;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }

    // Time until a job whose chunks each wait for the other is done: both threads must have come.
    private static double Idle(ComputePool pool, int chunks, int milliseconds)
    {
        var times = new double[51];
        for (int round = 0; round < times.Length; round++)
        {
            Thread.Sleep(milliseconds);
            long start = Stopwatch.GetTimestamp();
            pool.Run(chunks, new Meeting());
            times[round] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            Meeting.Reset();
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }

    private readonly struct Nothing : IParallelJob
    {
        public void Run(int chunk)
        {
        }
    }

    // The first chunk of the caller waits until another thread has run a chunk.
    private readonly struct Meeting : IParallelJob
    {
        private static int _others;

        public static void Reset() => Volatile.Write(ref _others, 0);

        public void Run(int chunk)
        {
            if (chunk != 0)
            {
                Volatile.Write(ref _others, 1);
                return;
            }

            while (Volatile.Read(ref _others) == 0)
            {
                Thread.SpinWait(1);
            }
        }
    }
}
