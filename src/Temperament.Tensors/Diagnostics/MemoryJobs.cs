using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics;

/// <summary>How memory is cut for the probes: every thread has a part, every part four streams of whole cache lines.</summary>
/// <param name="floats">Floats in all.</param>
/// <param name="threads">Number of threads.</param>
internal readonly struct MemoryStreams(long floats, int threads)
{
    /// <summary>Streams of a thread: one alone does not keep enough lines under way.</summary>
    public const int Count = 4;

    /// <summary>Floats by which a prefetch is ahead of its load: 4 KiB.</summary>
    public const int Ahead = 1024;

    /// <summary>Floats of a stream, a multiple of a cache line.</summary>
    public long Length => floats / threads / Count & ~15L;

    /// <summary>Bytes of all streams of all threads.</summary>
    public double Bytes => (double)Length * Count * threads * sizeof(float);
}

/// <summary>Reads memory and keeps a sum, so that no load is left out.</summary>
internal readonly unsafe struct ReadJob(float* memory, MemoryStreams streams, float* sums) : IParallelJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk)
    {
        long length = streams.Length;
        float* a = memory + (chunk * MemoryStreams.Count * length), b = a + length, c = b + length, d = c + length;
        Vector512<float> s0 = Vector512<float>.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (long i = 0; i < length; i += 16)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(a + i + MemoryStreams.Ahead);
                Sse.Prefetch0(b + i + MemoryStreams.Ahead);
                Sse.Prefetch0(c + i + MemoryStreams.Ahead);
                Sse.Prefetch0(d + i + MemoryStreams.Ahead);
            }

            s0 += Vector512.Load(a + i);
            s1 += Vector512.Load(b + i);
            s2 += Vector512.Load(c + i);
            s3 += Vector512.Load(d + i);
        }

        (s0 + s1 + s2 + s3).Store(sums + (chunk * 64));
    }
}

/// <summary>
/// Copies memory with stores that pass the caches by. An ordinary store first reads the line that it overwrites, and so moves half as much
/// again.
/// </summary>
internal readonly unsafe struct CopyJob(float* from, float* to, MemoryStreams streams) : IParallelJob
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk)
    {
        long length = streams.Length, start = chunk * MemoryStreams.Count * length;
        float* a = from + start, b = a + length, c = b + length, d = c + length;
        float* toA = to + start, toB = toA + length, toC = toB + length, toD = toC + length;
        for (long i = 0; i < length; i += 16)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(a + i + MemoryStreams.Ahead);
                Sse.Prefetch0(b + i + MemoryStreams.Ahead);
                Sse.Prefetch0(c + i + MemoryStreams.Ahead);
                Sse.Prefetch0(d + i + MemoryStreams.Ahead);
            }

            Vector512.Load(a + i).StoreAlignedNonTemporal(toA + i);
            Vector512.Load(b + i).StoreAlignedNonTemporal(toB + i);
            Vector512.Load(c + i).StoreAlignedNonTemporal(toC + i);
            Vector512.Load(d + i).StoreAlignedNonTemporal(toD + i);
        }
    }
}
