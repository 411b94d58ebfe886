using System.Diagnostics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics;

/// <summary>Measures the limits of the machine, one short measurement a call, so that they can be interleaved with what is held against them.</summary>
public sealed unsafe class LimitProbe : IDisposable
{
    private const long LeastBytes = 128L << 20;
    private const double LeastSeconds = 0.008;

    private readonly ComputePool _pool;
    private readonly bool _ownsPool;
    private readonly AlignedBuffer<float> _memory;
    private readonly bool _ownsMemory;
    private readonly AlignedBuffer<float> _sums;
    private long _steps = 4096;

    /// <summary>Starts threads of its own for the measurements.</summary>
    /// <param name="threads">Number of threads.</param>
    public LimitProbe(int threads)
        : this(new ComputePool(threads), true, Memory(), true)
    {
    }

    /// <summary>Measures on the threads of a pool.</summary>
    /// <param name="pool">Threads; stays the caller's.</param>
    public LimitProbe(ComputePool pool)
        : this(pool, false, Memory(), true)
    {
    }

    /// <summary>Measures with another number of threads in the memory of another probe.</summary>
    /// <param name="threads">Number of threads.</param>
    /// <param name="other">Probe that lives longer.</param>
    internal LimitProbe(int threads, LimitProbe other)
        : this(new ComputePool(threads), true, other._memory, false)
    {
    }

    private LimitProbe(ComputePool pool, bool ownsPool, AlignedBuffer<float> memory, bool ownsMemory)
    {
        ArgumentNullException.ThrowIfNull(pool);
        (_pool, _ownsPool, _memory, _ownsMemory) = (pool, ownsPool, memory, ownsMemory);
        _sums = new AlignedBuffer<float>(pool.Threads * 64L);
    }

    /// <summary>Bytes of memory that the probe holds.</summary>
    public long Bytes => _memory.Bytes;

    /// <summary>10^9 float32 operations a second in chains of fused multiply-adds that never leave the registers.</summary>
    public double MultiplyAdd()
    {
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            _pool.Run(_pool.Threads, new MultiplyAddJob(_steps, _sums.Pointer));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (seconds >= LeastSeconds)
            {
                return MultiplyAddJob.OperationsPerStep * (double)_steps * _pool.Threads / seconds * 1e-9;
            }

            _steps *= 2;
        }
    }

    /// <summary>10^9 bytes a second read from memory, four streams a thread.</summary>
    public double Read()
    {
        var streams = new MemoryStreams(_memory.Length, _pool.Threads);
        long start = Stopwatch.GetTimestamp();
        _pool.Run(_pool.Threads, new ReadJob(_memory.Pointer, streams, _sums.Pointer));
        return streams.Bytes / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;
    }

    /// <summary>10^9 bytes a second copied in memory with non-temporal stores, four streams a thread; each byte counts as read and as written.</summary>
    public double Copy()
    {
        var streams = new MemoryStreams(_memory.Length / 2, _pool.Threads);
        long start = Stopwatch.GetTimestamp();
        _pool.Run(_pool.Threads, new CopyJob(_memory.Pointer, _memory.Pointer + (_memory.Length / 2), streams));
        return 2 * streams.Bytes / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;
    }

    /// <summary>One measurement of a limit of the machine.</summary>
    /// <param name="kind">Which limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not one of the machine.</exception>
    public double Measure(LimitKind kind) => kind switch
    {
        LimitKind.MultiplyAdd => MultiplyAdd(),
        LimitKind.Read => Read(),
        LimitKind.Copy => Copy(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is not a limit of the machine."),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsPool)
        {
            _pool.Dispose();
        }

        if (_ownsMemory)
        {
            _memory.Dispose();
        }

        _sums.Dispose();
    }

    // Four times the largest cache, so that at most a quarter of it can come from there.
    private static AlignedBuffer<float> Memory()
    {
        long cache = MachineDescription.Read().Caches.Select(c => c.Bytes).DefaultIfEmpty(0).Max();
        return new AlignedBuffer<float>(Math.Max(LeastBytes, 4 * cache) / sizeof(float));
    }
}
