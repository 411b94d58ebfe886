using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Quantization;

/// <summary>What the scales of a chunk add up to, and the smallest of them that is not zero.</summary>
internal readonly record struct Nf4ScaleSum(double Sum, float Least);

/// <summary>
/// Codes of weights and the scales of their blocks. One chunk packs sixteen rows, eight blocks of each at a time, so that the lines
/// that are written stay in the first cache until they are full.
/// </summary>
/// <param name="weights">First weight.</param>
/// <param name="stride">Weights between two rows.</param>
/// <param name="view">Target of the codes.</param>
/// <param name="scales">Target of the scales, in the order of the flattened matrix.</param>
/// <param name="sums">A sum for each chunk.</param>
internal readonly unsafe struct Nf4Packing(float* weights, nint stride, Nf4View view, float* scales, Nf4ScaleSum* sums) : IParallelJob
{
    /// <summary>Smallest scale of a block: keeps its reciprocal finite.</summary>
    private const float Smallest = 1e-38f;

    private const int BlockSize = Nf4Matrix.BlockSize;
    private const int Rows = 16;
    private const int BlocksAtOnce = 8;
    private const int BlockWords = BlockSize / Nf4View.WordCodes;

    /// <summary>Chunks of a matrix with so many rows.</summary>
    public static int Chunks(int outputs) => (outputs + Rows - 1) / Rows;

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int row = chunk * Rows, end = Math.Min(view.Outputs, row + Rows);
        sums[chunk] = view.RowsAreBlocks ? PackBlocks(row, end) : PackAcrossRows(row, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Nf4ScaleSum PackBlocks(int row, int endRow)
    {
        double sum = 0;
        float least = float.PositiveInfinity;
        float* buckets = Nf4Tables.Buckets;
        byte* pairs = stackalloc byte[BlockSize / 2];
        int rowBlocks = view.RowBlocks;
        for (int first = 0; first < rowBlocks; first += BlocksAtOnce)
        {
            int end = Math.Min(rowBlocks, first + BlocksAtOnce);
            for (int r = row; r < endRow; r++)
            {
                float* from = weights + (r * stride) + (first * BlockSize);
                uint* words = view.WordAt(r, first * BlockSize);
                for (int block = first; block < end; block++)
                {
                    float scale = Pack(from, words, stride, buckets, pairs);
                    scales[((long)r * rowBlocks) + block] = scale;
                    sum += scale;
                    least = scale > 0 && scale < least ? scale : least;
                    from += BlockSize;
                    words += BlockWords * Nf4View.Band;
                }
            }
        }

        return new Nf4ScaleSum(sum, least);
    }

    /// <summary>Packs a whole block and returns its scale; asks for the same block of the next row on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Pack(float* from, uint* words, nint stride, float* buckets, byte* pairs)
    {
        Vector512<float> a = Vector512.Load(from), b = Vector512.Load(from + 16), c = Vector512.Load(from + 32), d = Vector512.Load(from + 48);
        if (Sse.IsSupported)
        {
            for (int line = 0; line < BlockSize; line += 16)
            {
                Sse.Prefetch0(from + stride + line);
            }
        }

        float largest = Nf4Coding.Largest(a, b, c, d);
        Vector512<float> reciprocal = Vector512.Create(1 / (largest > Smallest ? largest : Smallest));
        Nf4Coding.Pairs(a * reciprocal, b * reciprocal, c * reciprocal, d * reciprocal, buckets, pairs);
        for (int w = 0; w < BlockWords; w++)
        {
            words[w * Nf4View.Band] = ((uint*)pairs)[w];
        }

        return largest;
    }

    // A block that runs over a row end is coded once for each of its rows. Its scale is told by the row in which it begins.
    private Nf4ScaleSum PackAcrossRows(int row, int endRow)
    {
        double sum = 0;
        float least = float.PositiveInfinity;
        float* block = stackalloc float[BlockSize];
        byte* pairs = stackalloc byte[BlockSize / 2];
        long count = (long)view.Outputs * view.Inputs;
        for (int r = row; r < endRow; r++)
        {
            long start = (long)r * view.Inputs, end = start + view.Inputs;
            for (long first = start / BlockSize * BlockSize; first < end; first += BlockSize)
            {
                int length = (int)Math.Min(BlockSize, count - first);
                Gather(block, first, length);
                float scale = Code(block, length, pairs);
                if (first >= start)
                {
                    scales[first / BlockSize] = scale;
                    sum += scale;
                    least = scale > 0 && scale < least ? scale : least;
                }

                for (long index = Math.Max(first, start); index < Math.Min(first + length, end); index++)
                {
                    int i = (int)(index - first), input = (int)(index - start), shift = Nf4View.Shift(input);
                    uint code = ((uint)pairs[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15;
                    uint* word = view.WordAt(r, input);
                    *word = (*word & ~(15u << shift)) | (code << shift);
                }
            }
        }

        return new Nf4ScaleSum(sum, least);
    }

    // A full block is multiplied by the reciprocal of its scale; the short last one is divided by it, and keeps the raised scale.
    private static float Code(float* block, int length, byte* pairs)
    {
        Vector512<float> a = Vector512.Load(block), b = Vector512.Load(block + 16), c = Vector512.Load(block + 32), d = Vector512.Load(block + 48);
        float largest = Nf4Coding.Largest(a, b, c, d), raised = largest > Smallest ? largest : Smallest;
        if (length == BlockSize)
        {
            Vector512<float> reciprocal = Vector512.Create(1 / raised);
            Nf4Coding.Pairs(a * reciprocal, b * reciprocal, c * reciprocal, d * reciprocal, Nf4Tables.Buckets, pairs);
            return largest;
        }

        Vector512<float> divisor = Vector512.Create(raised);
        Nf4Coding.Pairs(a / divisor, b / divisor, c / divisor, d / divisor, Nf4Tables.Buckets, pairs);
        return raised;
    }

    /// <summary>Copies a block, which may run over row ends, and fills it up with zeros.</summary>
    private void Gather(float* block, long start, int length)
    {
        for (int done = 0; done < length;)
        {
            (long row, long column) = Math.DivRem(start + done, view.Inputs);
            int part = (int)Math.Min(length - done, view.Inputs - column);
            new ReadOnlySpan<float>(weights + ((nint)row * stride) + column, part).CopyTo(new Span<float>(block + done, part));
            done += part;
        }

        new Span<float>(block + length, BlockSize - length).Clear();
    }
}
