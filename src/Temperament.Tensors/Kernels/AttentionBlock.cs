using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>Blocks of up to 64 rows of one head, brought into the layouts that the products of attention read.</summary>
internal static unsafe class AttentionBlock
{
    private const int KeyBlock = AttentionShape.KeyBlock;

    /// <summary>
    /// Copies rows of one head so that they follow each other. Rows that lie a multiple of 4 KiB apart fall into the same sets of the
    /// first cache and drive each other out of it.
    /// </summary>
    /// <param name="target">(rows, D).</param>
    /// <param name="source">First row.</param>
    /// <param name="stride">Floats between rows of the source.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="D">Head size.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(float* target, float* source, int stride, int rows, int D)
    {
        for (int r = 0; r < rows; r++)
        {
            new ReadOnlySpan<float>(source + ((long)r * stride), D).CopyTo(new Span<float>(target + (r * D), D));
        }
    }

    /// <summary>Asks for rows of one head that are read soon.</summary>
    /// <param name="source">First row.</param>
    /// <param name="stride">Floats between rows.</param>
    /// <param name="rows">Number of rows; none if not positive.</param>
    /// <param name="D">Head size.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Prefetch(float* source, int stride, int rows, int D)
    {
        for (int r = 0; r < rows; r++, source += stride)
        {
            for (int d = 0; d < D; d += Lanes.Width)
            {
                Streaming.Prefetch(source + d);
            }
        }
    }

    /// <summary>Writes rows of one head as columns: target[d][j] = source[j][d], with zeros for j from <paramref name="rows"/> to the end of the block.</summary>
    /// <param name="target">(D, 64).</param>
    /// <param name="source">First row.</param>
    /// <param name="stride">Floats between rows of the source.</param>
    /// <param name="rows">Rows that exist.</param>
    /// <param name="D">Head size.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* target, float* source, int stride, int rows, int D)
    {
        int whole = Avx512F.IsSupported ? D & -Lanes.Width : Sse.IsSupported ? D & -4 : 0;
        if (Avx512F.IsSupported)
        {
            TransposeSixteens(target, source, stride, rows, whole);
        }
        else if (Sse.IsSupported)
        {
            TransposeFours(target, source, stride, rows, whole);
        }

        for (int d = whole; d < D; d++)
        {
            for (int j = 0; j < KeyBlock; j++)
            {
                target[(d * KeyBlock) + j] = j < rows ? source[((long)j * stride) + d] : 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeSixteens(float* target, float* source, int stride, int rows, int D)
    {
        int j = 0;
        for (; j + Lanes.Width <= rows; j += Lanes.Width)
        {
            for (int d = 0; d < D; d += Lanes.Width)
            {
                Transpose16.Run(new PlainRows<FloatWeights>((byte*)source, stride), j, d, target + (d * KeyBlock) + j, KeyBlock);
            }
        }

        for (; j < KeyBlock; j += Lanes.Width)
        {
            for (int d = 0; d < D; d += Lanes.Width)
            {
                if (j < rows)
                {
                    Transpose16.Run(new ExistingRows(source, stride, rows), j, d, target + (d * KeyBlock) + j, KeyBlock);
                    continue;
                }

                for (int e = d; e < d + Lanes.Width; e++)
                {
                    Vector512<float>.Zero.Store(target + (e * KeyBlock) + j);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeFours(float* target, float* source, int stride, int rows, int D)
    {
        int fours = rows & ~3;
        for (int d = 0; d < D; d += 4)
        {
            for (int j = 0; j < fours; j += 4)
            {
                float* from = source + ((long)j * stride) + d, to = target + (d * KeyBlock) + j;
                Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + stride);
                Vector128<float> c = Vector128.Load(from + (2L * stride)), e = Vector128.Load(from + (3L * stride));
                Vector128<float> ab = Sse.UnpackLow(a, b), ce = Sse.UnpackLow(c, e), abHigh = Sse.UnpackHigh(a, b), ceHigh = Sse.UnpackHigh(c, e);
                Sse.MoveLowToHigh(ab, ce).Store(to);
                Sse.MoveHighToLow(ce, ab).Store(to + KeyBlock);
                Sse.MoveLowToHigh(abHigh, ceHigh).Store(to + (2 * KeyBlock));
                Sse.MoveHighToLow(ceHigh, abHigh).Store(to + (3 * KeyBlock));
            }

            for (int e = d; e < d + 4; e++)
            {
                for (int j = fours; j < KeyBlock; j++)
                {
                    target[(e * KeyBlock) + j] = j < rows ? source[((long)j * stride) + e] : 0;
                }
            }
        }
    }

    /// <summary>Rows of which only the first ones exist; the others read as zeros.</summary>
    private readonly struct ExistingRows(float* data, nint stride, int rows) : IWeightRows
    {
        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Load16(int row, int column) =>
            row < rows ? Vector512.Load(data + (row * stride) + column) : Vector512<float>.Zero;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Load(int row, int column) => row < rows ? data[(row * stride) + column] : 0;
    }
}
