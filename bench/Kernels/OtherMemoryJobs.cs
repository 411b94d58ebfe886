using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Kernels;

/// <summary>Reads one stream a thread without prefetching: what the probe of the read limit has to beat.</summary>
internal readonly unsafe struct PlainReadJob(float* memory, long floatsPerThread, float* sums) : IParallelJob
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk)
    {
        float* from = memory + (chunk * floatsPerThread);
        Vector512<float> s0 = Vector512<float>.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (long i = 0; i + 64 <= floatsPerThread; i += 64)
        {
            s0 += Vector512.Load(from + i);
            s1 += Vector512.Load(from + i + 16);
            s2 += Vector512.Load(from + i + 32);
            s3 += Vector512.Load(from + i + 48);
        }

        (s0 + s1 + s2 + s3).Store(sums + (chunk * 64));
    }
}

/// <summary>Copies with the copy of the runtime: what the probe of the copy limit has to beat.</summary>
internal readonly unsafe struct PlainCopyJob(float* from, float* to, long floatsPerThread) : IParallelJob
{
    public void Run(int chunk)
    {
        long start = chunk * floatsPerThread;
        Buffer.MemoryCopy(from + start, to + start, floatsPerThread * sizeof(float), floatsPerThread * sizeof(float));
    }
}
