using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The inner loop of a product where registers are 256 bits wide (16 of them): up to 6 rows by 8 or 16 columns, 12 of the
/// registers hold sums. The same chain of additions as <see cref="MatMulTile512"/> for every output, so the same bits.
/// </summary>
internal static unsafe class MatMulTile256
{
    /// <summary>C[i, j] = fma(A[i, 0], B[0, j], start), then one fused multiply-add for each further depth, in ascending order.</summary>
    /// <param name="depth">Number of products in each sum; at least 1.</param>
    /// <param name="a">Packed rows, laid out as <typeparamref name="TLayout"/> says.</param>
    /// <param name="b">Packed columns, <see cref="MatMulPlan.TileColumns"/> floats a depth.</param>
    /// <param name="from">Where the sums start; null for zeros.</param>
    /// <param name="fromStride">Floats between two rows of <paramref name="from"/>.</param>
    /// <param name="to">Where the sums go; may be <paramref name="from"/>.</param>
    /// <param name="toStride">Floats between two rows of <paramref name="to"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TWidth, TLayout>(nint depth, float* a, float* b, float* from, nint fromStride, float* to, nint toStride)
        where TRows : struct, ITileRows
        where TWidth : struct, ITileWidth
        where TLayout : struct, IPanelLayout
    {
        Vector256<float> l0 = Vector256<float>.Zero, r0 = Vector256<float>.Zero;
        Vector256<float> l1 = Vector256<float>.Zero, r1 = Vector256<float>.Zero;
        Vector256<float> l2 = Vector256<float>.Zero, r2 = Vector256<float>.Zero;
        Vector256<float> l3 = Vector256<float>.Zero, r3 = Vector256<float>.Zero;
        Vector256<float> l4 = Vector256<float>.Zero, r4 = Vector256<float>.Zero;
        Vector256<float> l5 = Vector256<float>.Zero, r5 = Vector256<float>.Zero;
        if (from is not null)
        {
            l0 = Vector256.Load(from);
            r0 = TWidth.Two ? Vector256.Load(from + 8) : r0;

            if (TRows.Count > 1)
            {
                l1 = Vector256.Load(from + fromStride);
                r1 = TWidth.Two ? Vector256.Load(from + fromStride + 8) : r1;
            }

            if (TRows.Count > 2)
            {
                l2 = Vector256.Load(from + (2 * fromStride));
                r2 = TWidth.Two ? Vector256.Load(from + (2 * fromStride) + 8) : r2;
            }

            if (TRows.Count > 3)
            {
                l3 = Vector256.Load(from + (3 * fromStride));
                r3 = TWidth.Two ? Vector256.Load(from + (3 * fromStride) + 8) : r3;
            }

            if (TRows.Count > 4)
            {
                l4 = Vector256.Load(from + (4 * fromStride));
                r4 = TWidth.Two ? Vector256.Load(from + (4 * fromStride) + 8) : r4;
            }

            if (TRows.Count > 5)
            {
                l5 = Vector256.Load(from + (5 * fromStride));
                r5 = TWidth.Two ? Vector256.Load(from + (5 * fromStride) + 8) : r5;
            }
        }

        do
        {
            Vector256<float> left = Vector256.Load(b);
            Vector256<float> right = TWidth.Two ? Vector256.Load(b + 8) : left;
            Vector256<float> x = Vector256.Create(a[0]);
            l0 = Vector256.FusedMultiplyAdd(x, left, l0);
            r0 = TWidth.Two ? Vector256.FusedMultiplyAdd(x, right, r0) : r0;

            if (TRows.Count > 1)
            {
                x = Vector256.Create(a[TLayout.RowStep]);
                l1 = Vector256.FusedMultiplyAdd(x, left, l1);
                r1 = TWidth.Two ? Vector256.FusedMultiplyAdd(x, right, r1) : r1;
            }

            if (TRows.Count > 2)
            {
                x = Vector256.Create(a[2 * TLayout.RowStep]);
                l2 = Vector256.FusedMultiplyAdd(x, left, l2);
                r2 = TWidth.Two ? Vector256.FusedMultiplyAdd(x, right, r2) : r2;
            }

            if (TRows.Count > 3)
            {
                x = Vector256.Create(a[3 * TLayout.RowStep]);
                l3 = Vector256.FusedMultiplyAdd(x, left, l3);
                r3 = TWidth.Two ? Vector256.FusedMultiplyAdd(x, right, r3) : r3;
            }

            if (TRows.Count > 4)
            {
                x = Vector256.Create(a[4 * TLayout.RowStep]);
                l4 = Vector256.FusedMultiplyAdd(x, left, l4);
                r4 = TWidth.Two ? Vector256.FusedMultiplyAdd(x, right, r4) : r4;
            }

            if (TRows.Count > 5)
            {
                x = Vector256.Create(a[5 * TLayout.RowStep]);
                l5 = Vector256.FusedMultiplyAdd(x, left, l5);
                r5 = TWidth.Two ? Vector256.FusedMultiplyAdd(x, right, r5) : r5;
            }

            a += TLayout.DepthStep;
            b += MatMulPlan.TileColumns;
        }
        while (--depth > 0);

        l0.Store(to);
        if (TWidth.Two)
        {
            r0.Store(to + 8);
        }

        if (TRows.Count > 1)
        {
            l1.Store(to + toStride);
            if (TWidth.Two)
            {
                r1.Store(to + toStride + 8);
            }
        }

        if (TRows.Count > 2)
        {
            l2.Store(to + (2 * toStride));
            if (TWidth.Two)
            {
                r2.Store(to + (2 * toStride) + 8);
            }
        }

        if (TRows.Count > 3)
        {
            l3.Store(to + (3 * toStride));
            if (TWidth.Two)
            {
                r3.Store(to + (3 * toStride) + 8);
            }
        }

        if (TRows.Count > 4)
        {
            l4.Store(to + (4 * toStride));
            if (TWidth.Two)
            {
                r4.Store(to + (4 * toStride) + 8);
            }
        }

        if (TRows.Count > 5)
        {
            l5.Store(to + (5 * toStride));
            if (TWidth.Two)
            {
                r5.Store(to + (5 * toStride) + 8);
            }
        }
    }
}
