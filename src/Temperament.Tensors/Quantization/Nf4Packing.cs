using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Quantization;

/// <summary>One chunk packs 512 blocks of 64 consecutive weights.</summary>
internal readonly unsafe struct Nf4Packing(
    float* weights, int columns, int stride, long count, byte* codes, float* scales, float* thresholds, float smallest) : IParallelJob
{
    private const int BlockSize = Nf4Matrix.BlockSize;
    private const int BlocksOfChunk = 512;

    public int Chunks => (int)((count + (BlockSize * BlocksOfChunk) - 1) / (BlockSize * BlocksOfChunk));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public void Run(int chunk)
    {
        float* block = stackalloc float[BlockSize];
        uint* indices = stackalloc uint[BlockSize];
        long blocks = (count + BlockSize - 1) / BlockSize;
        for (long b = (long)chunk * BlocksOfChunk; b < Math.Min(blocks, (long)(chunk + 1) * BlocksOfChunk); b++)
        {
            long start = b * BlockSize;
            int length = (int)Math.Min(BlockSize, count - start);
            Gather(block, start, length);
            float largest = Largest(block);

            // A full block is multiplied by the reciprocal of its scale; the short last one is divided by it, and keeps the raised scale.
            bool full = length == BlockSize;
            float divisor = largest > smallest ? largest : smallest;
            scales[b] = full ? largest : divisor;
            for (int i = 0; i < BlockSize; i += Lanes.Width)
            {
                Vector512<float> x = Vector512.Load(block + i);
                Count(full ? x * Vector512.Create(1 / divisor) : x / Vector512.Create(divisor)).Store(indices + i);
            }

            byte* packed = codes + (start / 2);
            for (int i = 0; i < length; i += 2)
            {
                packed[i / 2] = (byte)((indices[i] << 4) | indices[i + 1]);
            }
        }
    }

    /// <summary>Copies a block, which may run over row ends, and fills it up with zeros.</summary>
    private void Gather(float* block, long start, int length)
    {
        for (int done = 0; done < length;)
        {
            (long row, long column) = Math.DivRem(start + done, columns);
            int part = (int)Math.Min(length - done, columns - column);
            new ReadOnlySpan<float>(weights + (row * stride) + column, part).CopyTo(new Span<float>(block + done, part));
            done += part;
        }

        new Span<float>(block + length, BlockSize - length).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Largest(float* block)
    {
        Vector512<float> a = Vector512.Abs(Vector512.Load(block)), b = Vector512.Abs(Vector512.Load(block + 16));
        Vector512<float> c = Vector512.Abs(Vector512.Load(block + 32)), d = Vector512.Abs(Vector512.Load(block + 48));
        return Lanes.Max(Lanes.Max(Lanes.Max(a, b), Lanes.Max(c, d)));
    }

    /// <summary>The code of each lane: how many thresholds lie below it, so that an exact tie takes the lower level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<uint> Count(Vector512<float> x)
    {
        Vector512<uint> below = default;
        for (int t = 0; t < 15; t++)
        {
            // A true comparison is all ones, that is -1.
            below -= Vector512.LessThan(Vector512.Create(thresholds[t]), x).AsUInt32();
        }

        return below;
    }
}
