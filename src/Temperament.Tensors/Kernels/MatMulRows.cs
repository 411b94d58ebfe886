using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Packs A into panels of <see cref="MatMulPlan.TileRows"/> rows, one chunk a panel, with given distances between panels and between blocks of depth.
/// A task that walks through the panels of one block wants them next to each other: at any larger distance they would push each other out of the second cache.
/// Rows beyond M are left as they are: nothing reads them.
/// </summary>
internal readonly unsafe struct MatMulRows(MatMulProduct product, float* packed, long panelStep, long blockStep) : IParallelJob
{
    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int row = chunk * MatMulPlan.TileRows;
        int rows = Math.Min(MatMulPlan.TileRows, product.M - row);
        float* to = packed + (chunk * panelStep);
        for (int k = 0; k < product.K; k += MatMulPlan.Depth)
        {
            int depth = Math.Min(MatMulPlan.Depth, product.K - k);
            if (product.TransposedA)
            {
                CopyDepths(product.A + (k * product.AStride) + row, product.AStride, rows, depth, to);
            }
            else
            {
                CopyRows(product.A + (row * product.AStride) + k, product.AStride, rows, depth, to);
            }

            to += blockStep;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRows(float* from, nint stride, int rows, int depth, float* to)
    {
        for (int r = 0; r < rows; r++)
        {
            int k = 0;
            for (; k <= depth - 16; k += 16)
            {
                Vector512.Load(from + k).Store(to + k);
            }

            for (; k < depth; k++)
            {
                to[k] = from[k];
            }

            from += stride;
            to += MatMulPlan.Depth;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyDepths(float* from, nint stride, int rows, int depth, float* to)
    {
        for (int k = 0; k < depth; k++)
        {
            if (rows == MatMulPlan.TileRows)
            {
                Vector256.Load(from).Store(to);
                Vector128.Load(from + 8).Store(to + 8);
            }
            else
            {
                for (int r = 0; r < rows; r++)
                {
                    to[r] = from[r];
                }
            }

            from += stride;
            to += MatMulPlan.TileRows;
        }
    }
}
