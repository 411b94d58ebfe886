using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Packs a block of B into panels of <see cref="MatMulPlan.TileColumns"/> columns: panel[k][n], 32 floats a depth, zeros beyond the last column.
/// Weights are transposed or decoded on the way, 16 by 16 in registers where the machine has them.
/// </summary>
internal static unsafe class MatMulColumns
{
    /// <summary>Packs depths k .. k + depth - 1 of columns n .. n + columns - 1.</summary>
    /// <param name="product">Product whose B is packed.</param>
    /// <param name="k">First depth; a multiple of <see cref="MatMulPlan.Depth"/>.</param>
    /// <param name="depth">Number of depths.</param>
    /// <param name="n">First column; a multiple of 16.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="to">Room for whole panels.</param>
    /// <param name="next">What is packed next: asked for on the way.</param>
    /// <param name="lines">Lines to ask for with every 16 by 16 numbers.</param>
    public static void Pack(in MatMulProduct product, int k, int depth, int n, int columns, float* to, ref MatMulPrefetch next, int lines)
    {
        if (product.Codes is not null)
        {
            if (product.TransposedB)
            {
                MatMulNf4Columns.PackOutputs(product.Nf4, k, depth, n, columns, to, ref next, lines);
            }
            else
            {
                MatMulNf4Columns.PackInputs(product.Nf4, k, depth, n, columns, to, ref next, lines);
            }

            return;
        }

        if (product.Blocks.Words is not null)
        {
            if (product.TransposedB)
            {
                MatMulBlockColumns.PackOutputs(product.Blocks, k, depth, n, columns, to, ref next, lines);
            }
            else
            {
                MatMulBlockColumns.PackInputs(product.Blocks, k, depth, n, columns, to, ref next, lines);
            }

            return;
        }

        if (product.Halves is not null)
        {
            PackRows(new PlainRows<HalfWeights>((byte*)product.Halves, product.BStride), product.TransposedB, k, depth, n, columns, to, ref next, lines);
        }
        else
        {
            PackRows(new PlainRows<FloatWeights>((byte*)product.B, product.BStride), product.TransposedB, k, depth, n, columns, to, ref next, lines);
        }
    }

    private static void PackRows<TWeights>(
        PlainRows<TWeights> source, bool transposed, int k, int depth, int n, int columns, float* to, ref MatMulPrefetch next, int lines)
        where TWeights : struct, IPlainWeights
    {
        int whole = transposed ? 0 : columns / MatMulPlan.TileColumns * MatMulPlan.TileColumns;
        if (whole > 0)
        {
            PackAcross(source, k, depth, n, whole, to, ref next, lines);
        }

        for (int c = whole; c < columns; c += MatMulPlan.TileColumns)
        {
            float* panel = to + ((long)c * depth);
            int width = Math.Min(MatMulPlan.TileColumns, columns - c);
            if (transposed)
            {
                PackTransposed(source, k, depth, n + c, width, panel, ref next, lines);
            }
            else
            {
                PackStraight(source, k, depth, n + c, width, panel);
            }
        }
    }

    // Whole panels, depth by depth: memory is read in long pieces of rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackAcross<TWeights>(PlainRows<TWeights> source, int k, int depth, int n, int columns, float* to, ref MatMulPrefetch next, int lines)
        where TWeights : struct, IPlainWeights
    {
        int panel = depth * MatMulPlan.TileColumns;
        for (int i = 0; i < depth; i++)
        {
            float* at = to;
            for (int c = 0; c < columns; c += MatMulPlan.TileColumns)
            {
                source.Load16(k + i, n + c).Store(at);
                source.Load16(k + i, n + c + 16).Store(at + 16);
                at += panel;
            }

            next.Touch(lines);
            to += MatMulPlan.TileColumns;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackTransposed<TWeights>(
        PlainRows<TWeights> source, int k, int depth, int n, int width, float* to, ref MatMulPrefetch next, int lines)
        where TWeights : struct, IPlainWeights
    {
        for (int half = 0; half < width; half += 16)
        {
            int done = 0;
            if (Avx512F.IsSupported && half + 16 <= width)
            {
                for (; done <= depth - 16; done += 16)
                {
                    next.Touch(lines);
                    Transpose16.Run(source, n + half, k + done, to + (done * MatMulPlan.TileColumns) + half, MatMulPlan.TileColumns);
                }
            }

            for (; done < depth; done++)
            {
                for (int r = 0; r < 16; r++)
                {
                    to[(done * MatMulPlan.TileColumns) + half + r] = half + r < width ? source.Load(n + half + r, k + done) : 0;
                }
            }
        }
    }

    // The last columns, where they fill no panel.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackStraight<TWeights>(PlainRows<TWeights> source, int k, int depth, int n, int width, float* to)
        where TWeights : struct, IPlainWeights
    {
        bool half = width == MatMulPlan.TileColumns / 2;
        for (int i = 0; i < depth; i++)
        {
            if (half)
            {
                source.Load16(k + i, n).Store(to);
            }
            else
            {
                for (int c = 0; c < MatMulPlan.TileColumns; c++)
                {
                    to[c] = c < width ? source.Load(k + i, n + c) : 0;
                }
            }

            to += MatMulPlan.TileColumns;
        }
    }
}
