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
    /// <param name="k">First depth.</param>
    /// <param name="depth">Number of depths.</param>
    /// <param name="n">First column.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="to">Room for whole panels.</param>
    public static void Pack(in MatMulProduct product, int k, int depth, int n, int columns, float* to)
    {
        for (int c = 0; c < columns; c += MatMulPlan.TileColumns)
        {
            int width = Math.Min(MatMulPlan.TileColumns, columns - c);
            if (product.Codes is not null)
            {
                var source = new Nf4Rows(product.Codes, product.Scales, product.BStride);
                PackPanel(source, product.TransposedB, k, depth, n + c, width, to);
            }
            else
            {
                var source = new FloatRows(product.B, product.BStride);
                PackPanel(source, product.TransposedB, k, depth, n + c, width, to);
            }

            to += (long)depth * MatMulPlan.TileColumns;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPanel<TRows>(TRows source, bool transposed, int k, int depth, int n, int width, float* to)
        where TRows : struct, IWeightRows
    {
        bool vectors = source.CanLoad16;
        if (transposed)
        {
            for (int half = 0; half < MatMulPlan.TileColumns && half < width; half += 16)
            {
                int done = 0;
                if (vectors && Avx512F.IsSupported && half + 16 <= width)
                {
                    for (; done <= depth - 16; done += 16)
                    {
                        Transpose16.Run(source, n + half, k + done, to + (done * MatMulPlan.TileColumns) + half, MatMulPlan.TileColumns);
                    }
                }

                PackTransposed(source, n + half, Math.Min(16, width - half), k + done, depth - done, to + (done * MatMulPlan.TileColumns) + half);
            }
        }
        else if (vectors && width == MatMulPlan.TileColumns)
        {
            for (int i = 0; i < depth; i++)
            {
                source.Load16(k + i, n).Store(to);
                source.Load16(k + i, n + 16).Store(to + 16);
                to += MatMulPlan.TileColumns;
            }
        }
        else
        {
            for (int i = 0; i < depth; i++)
            {
                for (int c = 0; c < MatMulPlan.TileColumns; c++)
                {
                    to[c] = c < width ? source.Load(k + i, n + c) : 0;
                }

                to += MatMulPlan.TileColumns;
            }
        }
    }

    private static void PackTransposed<TRows>(TRows source, int row, int rows, int column, int columns, float* to)
        where TRows : struct, IWeightRows
    {
        for (int c = 0; c < columns; c++)
        {
            for (int r = 0; r < 16; r++)
            {
                to[r] = r < rows ? source.Load(row + r, column + c) : 0;
            }

            to += MatMulPlan.TileColumns;
        }
    }
}
