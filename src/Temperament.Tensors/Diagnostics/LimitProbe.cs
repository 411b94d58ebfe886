using System.Diagnostics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics;

/// <summary>Measures the limits of the machine, one short measurement a call, so that they can be interleaved with what is held against them.</summary>
public sealed unsafe class LimitProbe : IDisposable
{
    // Larger than the last cache of common machines by a factor of four.
    private const long BufferFloats = 32 << 20;
    private const double LeastSeconds = 0.004;

    private readonly ComputePool _pool;
    private readonly bool _ownsPool;
    private readonly AlignedBuffer<float> _memory;
    private readonly bool _ownsMemory;
    private readonly AlignedBuffer<float> _sums;
    private long _steps = 4096;

    /// <summary>Starts threads of its own for the measurements.</summary>
    /// <param name="threads">Number of threads.</param>
    public LimitProbe(int threads)
        : this(new ComputePool(threads), true, new AlignedBuffer<float>(BufferFloats), true)
    {
    }

    /// <summary>Measures on the threads of a pool.</summary>
    /// <param name="pool">Threads; stays the caller's.</param>
    public LimitProbe(ComputePool pool)
        : this(pool, false, new AlignedBuffer<float>(BufferFloats), true)
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

    /// <summary>10^9 float32 operations a second in chains of fused multiply-adds that never leave the registers.</summary>
    public double MultiplyAdd()
    {
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            _pool.Run(_pool.Threads, new MultiplyAddJob(_steps, _sums.Pointer));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (seconds >= LeastSeconds / 2)
            {
                return MultiplyAddJob.OperationsPerStep * (double)_steps * _pool.Threads / seconds * 1e-9;
            }

            _steps *= 2;
        }
    }

    /// <summary>10^9 bytes a second read from memory, four streams a thread.</summary>
    public double Read()
    {
        long start = Stopwatch.GetTimestamp();
        _pool.Run(_pool.Threads, new ReadJob(_memory.Pointer, BufferFloats / _pool.Threads, _sums.Pointer));
        return BufferFloats / _pool.Threads * _pool.Threads * 4 / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;
    }

    /// <summary>10^9 bytes a second copied in memory; each byte counts as read and as written.</summary>
    public double Copy()
    {
        long start = Stopwatch.GetTimestamp();
        _pool.Run(_pool.Threads, new CopyJob(_memory.Pointer, BufferFloats / 2, _pool.Threads));
        return BufferFloats * 4 / Stopwatch.GetElapsedTime(start).TotalSeconds * 1e-9;
    }

    /// <summary>One measurement of a limit.</summary>
    /// <param name="kind">Which limit.</param>
    public double Measure(LimitKind kind) => kind switch
    {
        LimitKind.MultiplyAdd => MultiplyAdd(),
        LimitKind.Read => Read(),
        _ => Copy(),
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
}
