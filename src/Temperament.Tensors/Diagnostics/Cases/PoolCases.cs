using System.Diagnostics;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>Starting a parallel job of one chunk a thread and waiting for it.</summary>
public static class PoolCases
{
    private const int BusyJobs = 4000, IdleJobs = 25;

    /// <summary>A job that does nothing, right after another one.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="allowed">Microseconds allowed.</param>
    public static KernelCase Busy(ComputePool pool, double allowed) =>
        new("pool, busy", Shape(pool), LimitKind.Time, allowed, () => new KernelTrial(() => pool.Run(pool.Threads, default(Nothing)))
        {
            Microseconds = () =>
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < BusyJobs; i++)
                {
                    pool.Run(pool.Threads, default(Nothing));
                }

                return Stopwatch.GetElapsedTime(start).TotalMicroseconds / BusyJobs;
            },
        });

    /// <summary>After a pause without a job: until every thread has come, each waiting for the others.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="allowed">Microseconds allowed.</param>
    /// <param name="milliseconds">Length of the pause.</param>
    public static KernelCase Idle(ComputePool pool, double allowed, int milliseconds = 5) =>
        new($"pool, after {milliseconds} ms", Shape(pool), LimitKind.Time, allowed, () => new KernelTrial(() => Meet(pool))
        {
            Microseconds = () =>
            {
                var times = new double[IdleJobs];
                for (int i = 0; i < IdleJobs; i++)
                {
                    Thread.Sleep(milliseconds);
                    long start = Stopwatch.GetTimestamp();
                    Meet(pool);
                    times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                }

                return Median.Of(times);
            },
        });

    private static string Shape(ComputePool pool) => $"{pool.Threads} threads";

    private static void Meet(ComputePool pool)
    {
        Meeting.Expect(pool.Threads);
        pool.Run(pool.Threads, default(Meeting));
    }

    private readonly struct Nothing : IParallelJob
    {
        public void Run(int chunk)
        {
        }
    }

    private readonly struct Meeting : IParallelJob
    {
        private static int _missing;

        public static void Expect(int threads) => Volatile.Write(ref _missing, threads);

        public void Run(int chunk)
        {
            Interlocked.Decrement(ref _missing);
            while (Volatile.Read(ref _missing) > 0)
            {
                Thread.SpinWait(1);
            }
        }
    }
}
