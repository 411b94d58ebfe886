using System.Diagnostics;

namespace Temperament.Tensors.Diagnostics;

/// <summary>Time that went to one kind of parallel job.</summary>
/// <param name="Job">Name of the job's type, with the type that it is nested in, as in "RmsNorm.ForwardJob".</param>
/// <param name="Calls">Number of calls.</param>
/// <param name="Seconds">Seconds that callers waited for it, in all.</param>
public sealed record KernelTime(string Job, long Calls, double Seconds);

/// <summary>
/// Counts the time of each kernel that a pool runs, once it is put into <see cref="Threading.ComputePool.Clock"/>. A pool without a clock
/// pays one null check a call. Nothing is allocated after the first call of a job. One thread at a time, as the pool.
/// </summary>
public sealed class KernelClock
{
    private static int _jobs;

    private (string Job, long Calls, long Ticks)[] _counts = new (string, long, long)[64];

    /// <summary>What was counted, the most time first.</summary>
    public IReadOnlyList<KernelTime> Times =>
    [
        .. _counts.Where(count => count.Calls > 0)
            .Select(count => new KernelTime(count.Job, count.Calls, (double)count.Ticks / Stopwatch.Frequency))
            .OrderByDescending(time => time.Seconds),
    ];

    /// <summary>Forgets what was counted.</summary>
    public void Reset() => Array.Clear(_counts);

    /// <summary>Adds a call of a job.</summary>
    /// <param name="start">Timestamp before the call.</param>
    /// <typeparam name="TJob">The job.</typeparam>
    internal void Add<TJob>(long start)
    {
        int number = Job<TJob>.Number;
        if (number >= _counts.Length)
        {
            Array.Resize(ref _counts, 2 * number);
        }

        ref (string Job, long Calls, long Ticks) count = ref _counts[number];
        count = (Job<TJob>.Name, count.Calls + 1, count.Ticks + Stopwatch.GetTimestamp() - start);
    }

    // The runtime keeps one copy for each type of job: a number without a look-up.
    private static class Job<TJob>
    {
        public static readonly int Number = Interlocked.Increment(ref _jobs) - 1;
        public static readonly string Name = $"{typeof(TJob).DeclaringType?.Name}.{typeof(TJob).Name}".TrimStart('.');
    }
}
