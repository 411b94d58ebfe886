using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Quantization;

/// <summary>What the scales of a chunk add up to, the smallest of them that is not zero, and whether all weights were finite.</summary>
internal readonly record struct Nf4ScaleSum(double Sum, float Least, bool Finite);

/// <summary>
/// Codes of weights and the scales of their blocks. One chunk packs sixteen rows, a column of blocks at a time: first their scales, one lane
/// a row, then their codes. The words of two columns are written together:
/// <code>
/// 16 rows x 128 weights -> 16 rows x 16 words, row after row in a small buffer -> turned in registers -> 16 whole cache lines
/// </code>
/// Without AVX-512, and for rows that are left over, words are stored one by one.
/// </summary>
/// <param name="weights">First weight.</param>
/// <param name="stride">Weights between two rows.</param>
/// <param name="view">Target of the codes.</param>
/// <param name="scales">Target of the scales, in the order of the flattened matrix.</param>
/// <param name="sums">A sum for each chunk.</param>
internal readonly unsafe struct Nf4Packing<TWeights>(byte* weights, nint stride, Nf4View view, float* scales, Nf4ScaleSum* sums) : IParallelJob
    where TWeights : struct, IPlainWeights
{
    private const int BlockSize = Nf4Matrix.BlockSize;
    private const int Rows = Nf4View.PackedRows;
    private const int BlocksAtOnce = 2;
    private const int BlockWords = BlockSize / Nf4View.WordCodes;
    private const int RowWords = BlocksAtOnce * BlockWords;

    // How many blocks before they are needed weights are asked for: a column of blocks takes a quarter of what memory takes to answer.
    private const int BlocksAhead = 4;

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int row = chunk * Rows, end = Math.Min(view.Outputs, row + Rows);
        sums[chunk] = view.RowsAreBlocks ? PackBlocks(row, end) : PackAcrossRows(row, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Nf4ScaleSum PackBlocks(int row, int endRow)
    {
        Vector512<double> sum = default;
        Vector512<float> least = Vector512.Create(float.PositiveInfinity);
        bool finite = true;
        float* buckets = Nf4Tables.Buckets;
        byte* order = Nf4Coding.Order<TWeights>();
        byte* memory = stackalloc byte[((Rows * (RowWords + Rows + 2)) + Lanes.Width) * sizeof(float)];
        uint* words = (uint*)(((nint)memory + 63) & ~63);
        float* largest = (float*)words + (Rows * RowWords), reciprocals = largest + (Rows * Rows), ofRows = reciprocals + Rows;
        int rowBlocks = view.RowBlocks, rows = endRow - row;
        new Span<float>(largest, Rows * Rows).Clear();
        for (int block = 0; block < rowBlocks; block++)
        {
            byte* from = weights + (((row * stride) + (block * BlockSize)) * TWeights.Bytes), at = from;
            nint rowBytes = stride * TWeights.Bytes, ahead = Ahead(block);
            for (int r = 0; r < rows; r++, at += rowBytes)
            {
                for (int line = 0; line < BlockSize * TWeights.Bytes; line += 64)
                {
                    Streaming.PrefetchSecond((float*)(at + ahead + line));
                }

                Nf4Coding.Magnitudes<TWeights>(at).AsSingle().Store(largest + (r * Rows));
            }

            byte* pairs = (byte*)(words + (block % BlocksAtOnce * BlockWords));
            Vector512<float> scale = Nf4Coding.LargestOfRows(largest);
            if (Vector512.LessThanAll(scale, Vector512.Create(float.PositiveInfinity)))
            {
                Nf4Coding.Reciprocal(scale).Store(reciprocals);
                at = from;
                for (int r = 0; r < rows; r++, at += rowBytes, pairs += RowWords * sizeof(uint))
                {
                    Nf4Coding.Load<TWeights>(
                        at, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> d);
                    Vector512<float> reciprocal = Vector512.Create(reciprocals[r]);
                    Nf4Coding.PairsInside(
                        a * reciprocal, b * reciprocal, c * reciprocal, d * reciprocal, buckets, order, pairs);
                }
            }
            else
            {
                finite = false;
                scale = CodeAny(from, rows, buckets, pairs);
            }

            sum += Vector512.WidenLower(scale) + Vector512.WidenUpper(scale);
            least = Vector512.ConditionalSelect(Vector512.GreaterThan(scale, default) & Vector512.LessThan(scale, least), scale, least);
            scale.Store(ofRows);
            float* own = scales + ((long)row * rowBlocks) + block;
            for (int r = 0; r < rows; r++, own += rowBlocks)
            {
                *own = ofRows[r];
            }

            if (block % BlocksAtOnce == BlocksAtOnce - 1 || block == rowBlocks - 1)
            {
                int first = block - (block % BlocksAtOnce);
                Place(words, view.WordAt(row, first * BlockSize), rows, (block - first + 1) * BlockWords);
            }
        }

        return new Nf4ScaleSum(Vector512.Sum(sum), -Lanes.Max(-least), finite);
    }

    // From a block to the one that is asked for: in the same row or, behind its end, in the sixteen rows that this thread packs next.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint Ahead(int block) => block + BlocksAhead < view.RowBlocks
        ? BlocksAhead * BlockSize * TWeights.Bytes
        : ((Rows * stride) + ((BlocksAhead - view.RowBlocks) * BlockSize)) * TWeights.Bytes;

    /// <summary>Codes a block of each row, in which anything may stand, and returns the scales.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Vector512<float> CodeAny(byte* from, int rows, float* buckets, byte* pairs)
    {
        float* scale = stackalloc float[Rows];
        new Span<float>(scale, Rows).Clear();
        for (int r = 0; r < rows; r++)
        {
            byte* at = from + (r * stride * TWeights.Bytes);
            Vector512<float> a = TWeights.Load16(at), b = TWeights.Load16(at + (16 * TWeights.Bytes));
            Vector512<float> c = TWeights.Load16(at + (32 * TWeights.Bytes)), d = TWeights.Load16(at + (48 * TWeights.Bytes));
            scale[r] = Nf4Coding.Largest(a, b, c, d);
            Vector512<float> reciprocal = Vector512.Create(1 / Nf4Coding.Raised(scale[r]));
            Nf4Coding.Pairs(a * reciprocal, b * reciprocal, c * reciprocal, d * reciprocal, buckets, pairs + (r * RowWords * sizeof(uint)));
        }

        return Vector512.Load(scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Place(uint* words, uint* to, int rows, int count)
    {
        if (Avx512F.IsSupported && rows == Rows && count == RowWords)
        {
            Transpose16.Run(new PlainRows<FloatWeights>((byte*)words, RowWords), 0, 0, (float*)to, Nf4View.Band);
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            for (int w = 0; w < count; w++)
            {
                to[(w * Nf4View.Band) + r] = words[(r * RowWords) + w];
            }
        }
    }

    // A block that runs over a row end is coded once for each of its rows. Its scale is told by the row in which it begins.
    private Nf4ScaleSum PackAcrossRows(int row, int endRow)
    {
        double sum = 0;
        float least = float.PositiveInfinity;
        bool finite = true;
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
                float scale = Code(block, length, pairs, ref finite);
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

        return new Nf4ScaleSum(sum, least, finite);
    }

    // A full block is multiplied by the reciprocal of its scale; the short last one is divided by it, and keeps the raised scale.
    private static float Code(float* block, int length, byte* pairs, ref bool finite)
    {
        Vector512<float> a = Vector512.Load(block), b = Vector512.Load(block + 16), c = Vector512.Load(block + 32), d = Vector512.Load(block + 48);
        float largest = Nf4Coding.Largest(a, b, c, d), raised = Nf4Coding.Raised(largest);
        finite &= Nf4Coding.LargestFinite(a, b, c, d) < float.PositiveInfinity;
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
            byte* from = weights + ((((nint)row * stride) + (nint)column) * TWeights.Bytes);
            for (int i = 0; i < part; i++)
            {
                block[done + i] = TWeights.Load(from + (i * TWeights.Bytes));
            }

            done += part;
        }

        new Span<float>(block + length, BlockSize - length).Clear();
    }
}
