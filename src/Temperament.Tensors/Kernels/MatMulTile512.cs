using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The inner loop of every product: a tile of up to 12 rows by 16 or 32 columns of sums that stay in registers.
/// With all 12 rows and 32 columns, 24 of the 32 registers hold sums, two hold a row of B, and the numbers of A are broadcast from
/// memory: 24 fused multiply-adds for 14 loads, enough independent chains to keep two units busy.
/// The branches on the type arguments are constants, so each combination compiles to straight code without them.
/// </summary>
internal static unsafe class MatMulTile512
{
    /// <summary>C[i, j] = fma(A[i, 0], B[0, j], start), then one fused multiply-add for each further depth, in ascending order.</summary>
    /// <param name="depth">Number of products in each sum; at least 1.</param>
    /// <param name="a">Packed rows, laid out as <typeparamref name="TLayout"/> says.</param>
    /// <param name="b">Packed columns, <see cref="MatMulPlan.TileColumns"/> floats a depth.</param>
    /// <param name="from">Where the sums start; null for zeros.</param>
    /// <param name="fromStride">Floats between two rows of <paramref name="from"/>.</param>
    /// <param name="to">Where the sums go; may be <paramref name="from"/>.</param>
    /// <param name="toStride">Floats between two rows of <paramref name="to"/>.</param>
    /// <param name="ahead">What to ask memory for meanwhile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TWidth, TLayout>(nint depth, float* a, float* b, float* from, nint fromStride, float* to, nint toStride, MatMulAhead* ahead)
        where TRows : struct, ITileRows
        where TWidth : struct, ITileWidth
        where TLayout : struct, IPanelLayout
    {
        Vector512<float> l0 = Vector512<float>.Zero, r0 = Vector512<float>.Zero;
        Vector512<float> l1 = Vector512<float>.Zero, r1 = Vector512<float>.Zero;
        Vector512<float> l2 = Vector512<float>.Zero, r2 = Vector512<float>.Zero;
        Vector512<float> l3 = Vector512<float>.Zero, r3 = Vector512<float>.Zero;
        Vector512<float> l4 = Vector512<float>.Zero, r4 = Vector512<float>.Zero;
        Vector512<float> l5 = Vector512<float>.Zero, r5 = Vector512<float>.Zero;
        Vector512<float> l6 = Vector512<float>.Zero, r6 = Vector512<float>.Zero;
        Vector512<float> l7 = Vector512<float>.Zero, r7 = Vector512<float>.Zero;
        Vector512<float> l8 = Vector512<float>.Zero, r8 = Vector512<float>.Zero;
        Vector512<float> l9 = Vector512<float>.Zero, r9 = Vector512<float>.Zero;
        Vector512<float> l10 = Vector512<float>.Zero, r10 = Vector512<float>.Zero;
        Vector512<float> l11 = Vector512<float>.Zero, r11 = Vector512<float>.Zero;
        if (from is not null)
        {
            l0 = Vector512.Load(from);
            r0 = TWidth.Two ? Vector512.Load(from + 16) : r0;

            if (TRows.Count > 1)
            {
                l1 = Vector512.Load(from + fromStride);
                r1 = TWidth.Two ? Vector512.Load(from + fromStride + 16) : r1;
            }

            if (TRows.Count > 2)
            {
                l2 = Vector512.Load(from + (2 * fromStride));
                r2 = TWidth.Two ? Vector512.Load(from + (2 * fromStride) + 16) : r2;
            }

            if (TRows.Count > 3)
            {
                l3 = Vector512.Load(from + (3 * fromStride));
                r3 = TWidth.Two ? Vector512.Load(from + (3 * fromStride) + 16) : r3;
            }

            if (TRows.Count > 4)
            {
                l4 = Vector512.Load(from + (4 * fromStride));
                r4 = TWidth.Two ? Vector512.Load(from + (4 * fromStride) + 16) : r4;
            }

            if (TRows.Count > 5)
            {
                l5 = Vector512.Load(from + (5 * fromStride));
                r5 = TWidth.Two ? Vector512.Load(from + (5 * fromStride) + 16) : r5;
            }

            if (TRows.Count > 6)
            {
                l6 = Vector512.Load(from + (6 * fromStride));
                r6 = TWidth.Two ? Vector512.Load(from + (6 * fromStride) + 16) : r6;
            }

            if (TRows.Count > 7)
            {
                l7 = Vector512.Load(from + (7 * fromStride));
                r7 = TWidth.Two ? Vector512.Load(from + (7 * fromStride) + 16) : r7;
            }

            if (TRows.Count > 8)
            {
                l8 = Vector512.Load(from + (8 * fromStride));
                r8 = TWidth.Two ? Vector512.Load(from + (8 * fromStride) + 16) : r8;
            }

            if (TRows.Count > 9)
            {
                l9 = Vector512.Load(from + (9 * fromStride));
                r9 = TWidth.Two ? Vector512.Load(from + (9 * fromStride) + 16) : r9;
            }

            if (TRows.Count > 10)
            {
                l10 = Vector512.Load(from + (10 * fromStride));
                r10 = TWidth.Two ? Vector512.Load(from + (10 * fromStride) + 16) : r10;
            }

            if (TRows.Count > 11)
            {
                l11 = Vector512.Load(from + (11 * fromStride));
                r11 = TWidth.Two ? Vector512.Load(from + (11 * fromStride) + 16) : r11;
            }
        }

        byte* row = ahead->Row, panel = ahead->Panel, sums = ahead->Sums, target = ahead->Target;
        do
        {
            for (nint r = ahead->TargetRows; r > 0; r--)
            {
                Sse.Prefetch1(target);
                Sse.Prefetch1(target + MatMulPrefetch.LineBytes);
                target += ahead->TargetStep;
            }

            byte* line = row;
            nint step = ahead->LineStep, panelStep = ahead->PanelStep, sumsStep = ahead->SumsStep;
            nint some = Math.Min(depth, MatMulAhead.Depths);
            depth -= some;
            do
            {
                Sse.Prefetch1(line);
                Sse.Prefetch1(panel);
                Sse.Prefetch1(sums);
                line += step;
                panel += panelStep;
                sums += sumsStep;
                Vector512<float> left = Vector512.Load(b);
                Vector512<float> right = TWidth.Two ? Vector512.Load(b + 16) : left;
                Vector512<float> x = Vector512.Create(a[0]);
                l0 = Vector512.FusedMultiplyAdd(x, left, l0);
                r0 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r0) : r0;

                if (TRows.Count > 1)
                {
                    x = Vector512.Create(a[TLayout.RowStep]);
                    l1 = Vector512.FusedMultiplyAdd(x, left, l1);
                    r1 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r1) : r1;
                }

                if (TRows.Count > 2)
                {
                    x = Vector512.Create(a[2 * TLayout.RowStep]);
                    l2 = Vector512.FusedMultiplyAdd(x, left, l2);
                    r2 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r2) : r2;
                }

                if (TRows.Count > 3)
                {
                    x = Vector512.Create(a[3 * TLayout.RowStep]);
                    l3 = Vector512.FusedMultiplyAdd(x, left, l3);
                    r3 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r3) : r3;
                }

                if (TRows.Count > 4)
                {
                    x = Vector512.Create(a[4 * TLayout.RowStep]);
                    l4 = Vector512.FusedMultiplyAdd(x, left, l4);
                    r4 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r4) : r4;
                }

                if (TRows.Count > 5)
                {
                    x = Vector512.Create(a[5 * TLayout.RowStep]);
                    l5 = Vector512.FusedMultiplyAdd(x, left, l5);
                    r5 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r5) : r5;
                }

                if (TRows.Count > 6)
                {
                    x = Vector512.Create(a[6 * TLayout.RowStep]);
                    l6 = Vector512.FusedMultiplyAdd(x, left, l6);
                    r6 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r6) : r6;
                }

                if (TRows.Count > 7)
                {
                    x = Vector512.Create(a[7 * TLayout.RowStep]);
                    l7 = Vector512.FusedMultiplyAdd(x, left, l7);
                    r7 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r7) : r7;
                }

                if (TRows.Count > 8)
                {
                    x = Vector512.Create(a[8 * TLayout.RowStep]);
                    l8 = Vector512.FusedMultiplyAdd(x, left, l8);
                    r8 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r8) : r8;
                }

                if (TRows.Count > 9)
                {
                    x = Vector512.Create(a[9 * TLayout.RowStep]);
                    l9 = Vector512.FusedMultiplyAdd(x, left, l9);
                    r9 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r9) : r9;
                }

                if (TRows.Count > 10)
                {
                    x = Vector512.Create(a[10 * TLayout.RowStep]);
                    l10 = Vector512.FusedMultiplyAdd(x, left, l10);
                    r10 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r10) : r10;
                }

                if (TRows.Count > 11)
                {
                    x = Vector512.Create(a[11 * TLayout.RowStep]);
                    l11 = Vector512.FusedMultiplyAdd(x, left, l11);
                    r11 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r11) : r11;
                }

                a += TLayout.DepthStep;
                b += MatMulPlan.TileColumns;
            }
            while (--some > 0);

            row += ahead->RowStep;
        }
        while (depth > 0);

        l0.Store(to);
        if (TWidth.Two)
        {
            r0.Store(to + 16);
        }

        if (TRows.Count > 1)
        {
            l1.Store(to + toStride);
            if (TWidth.Two)
            {
                r1.Store(to + toStride + 16);
            }
        }

        if (TRows.Count > 2)
        {
            l2.Store(to + (2 * toStride));
            if (TWidth.Two)
            {
                r2.Store(to + (2 * toStride) + 16);
            }
        }

        if (TRows.Count > 3)
        {
            l3.Store(to + (3 * toStride));
            if (TWidth.Two)
            {
                r3.Store(to + (3 * toStride) + 16);
            }
        }

        if (TRows.Count > 4)
        {
            l4.Store(to + (4 * toStride));
            if (TWidth.Two)
            {
                r4.Store(to + (4 * toStride) + 16);
            }
        }

        if (TRows.Count > 5)
        {
            l5.Store(to + (5 * toStride));
            if (TWidth.Two)
            {
                r5.Store(to + (5 * toStride) + 16);
            }
        }

        if (TRows.Count > 6)
        {
            l6.Store(to + (6 * toStride));
            if (TWidth.Two)
            {
                r6.Store(to + (6 * toStride) + 16);
            }
        }

        if (TRows.Count > 7)
        {
            l7.Store(to + (7 * toStride));
            if (TWidth.Two)
            {
                r7.Store(to + (7 * toStride) + 16);
            }
        }

        if (TRows.Count > 8)
        {
            l8.Store(to + (8 * toStride));
            if (TWidth.Two)
            {
                r8.Store(to + (8 * toStride) + 16);
            }
        }

        if (TRows.Count > 9)
        {
            l9.Store(to + (9 * toStride));
            if (TWidth.Two)
            {
                r9.Store(to + (9 * toStride) + 16);
            }
        }

        if (TRows.Count > 10)
        {
            l10.Store(to + (10 * toStride));
            if (TWidth.Two)
            {
                r10.Store(to + (10 * toStride) + 16);
            }
        }

        if (TRows.Count > 11)
        {
            l11.Store(to + (11 * toStride));
            if (TWidth.Two)
            {
                r11.Store(to + (11 * toStride) + 16);
            }
        }
    }
}
