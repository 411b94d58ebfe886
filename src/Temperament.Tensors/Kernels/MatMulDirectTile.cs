using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The tile of <see cref="MatMulDirect"/>: up to 12 rows by 16 or 32 columns of sums in registers, as <see cref="MatMulTile512"/>, but A and B
/// are read where they lie, so that small products need not be packed. Twelve rows of A are reached from four addresses and two distances.
/// </summary>
internal static unsafe class MatMulDirectTile
{
    /// <summary>C[i, j] = fma(A[i, k], B[k, j], C[i, j] or 0) for each k in ascending order, one tile of columns after the other.</summary>
    /// <param name="tiles">Tiles beside each other; at least 1.</param>
    /// <param name="depth">Number of products in each sum; at least 1.</param>
    /// <param name="a">First number of A.</param>
    /// <param name="aRow">Floats between two rows of A.</param>
    /// <param name="aDepth">Floats between two depths of A.</param>
    /// <param name="b">First number of B.</param>
    /// <param name="bDepth">Floats between two depths of B.</param>
    /// <param name="bTile">Floats from one tile of B to the next.</param>
    /// <param name="c">First number of C.</param>
    /// <param name="cRow">Floats between two rows of C.</param>
    /// <param name="accumulate">True to start from C.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TWidth>(
        int tiles, nint depth, float* a, nint aRow, nint aDepth, float* b, nint bDepth, nint bTile, float* c, nint cRow, bool accumulate)
        where TRows : struct, ITileRows
        where TWidth : struct, ITileWidth
    {
        nint aTwo = 2 * aRow, tileColumns = TWidth.Two ? 32 : 16;
        do
        {
            Vector512<float> l0 = default, r0 = default;
            Vector512<float> l1 = default, r1 = default;
            Vector512<float> l2 = default, r2 = default;
            Vector512<float> l3 = default, r3 = default;
            Vector512<float> l4 = default, r4 = default;
            Vector512<float> l5 = default, r5 = default;
            Vector512<float> l6 = default, r6 = default;
            Vector512<float> l7 = default, r7 = default;
            Vector512<float> l8 = default, r8 = default;
            Vector512<float> l9 = default, r9 = default;
            Vector512<float> l10 = default, r10 = default;
            Vector512<float> l11 = default, r11 = default;
            if (accumulate)
            {
                l0 = TRows.Count > 0 ? Vector512.Load(c) : l0;
                r0 = TRows.Count > 0 && TWidth.Two ? Vector512.Load(c + 16) : r0;
                l1 = TRows.Count > 1 ? Vector512.Load(c + cRow) : l1;
                r1 = TRows.Count > 1 && TWidth.Two ? Vector512.Load(c + cRow + 16) : r1;
                l2 = TRows.Count > 2 ? Vector512.Load(c + (2 * cRow)) : l2;
                r2 = TRows.Count > 2 && TWidth.Two ? Vector512.Load(c + (2 * cRow) + 16) : r2;
                l3 = TRows.Count > 3 ? Vector512.Load(c + (3 * cRow)) : l3;
                r3 = TRows.Count > 3 && TWidth.Two ? Vector512.Load(c + (3 * cRow) + 16) : r3;
                l4 = TRows.Count > 4 ? Vector512.Load(c + (4 * cRow)) : l4;
                r4 = TRows.Count > 4 && TWidth.Two ? Vector512.Load(c + (4 * cRow) + 16) : r4;
                l5 = TRows.Count > 5 ? Vector512.Load(c + (5 * cRow)) : l5;
                r5 = TRows.Count > 5 && TWidth.Two ? Vector512.Load(c + (5 * cRow) + 16) : r5;
                l6 = TRows.Count > 6 ? Vector512.Load(c + (6 * cRow)) : l6;
                r6 = TRows.Count > 6 && TWidth.Two ? Vector512.Load(c + (6 * cRow) + 16) : r6;
                l7 = TRows.Count > 7 ? Vector512.Load(c + (7 * cRow)) : l7;
                r7 = TRows.Count > 7 && TWidth.Two ? Vector512.Load(c + (7 * cRow) + 16) : r7;
                l8 = TRows.Count > 8 ? Vector512.Load(c + (8 * cRow)) : l8;
                r8 = TRows.Count > 8 && TWidth.Two ? Vector512.Load(c + (8 * cRow) + 16) : r8;
                l9 = TRows.Count > 9 ? Vector512.Load(c + (9 * cRow)) : l9;
                r9 = TRows.Count > 9 && TWidth.Two ? Vector512.Load(c + (9 * cRow) + 16) : r9;
                l10 = TRows.Count > 10 ? Vector512.Load(c + (10 * cRow)) : l10;
                r10 = TRows.Count > 10 && TWidth.Two ? Vector512.Load(c + (10 * cRow) + 16) : r10;
                l11 = TRows.Count > 11 ? Vector512.Load(c + (11 * cRow)) : l11;
                r11 = TRows.Count > 11 && TWidth.Two ? Vector512.Load(c + (11 * cRow) + 16) : r11;
            }

            float* a0 = a, a3 = a + (3 * aRow), a6 = a + (6 * aRow), a9 = a + (9 * aRow), at = b;
            nint k = depth;
            do
            {
                Sse.Prefetch1(at + bTile);
                Vector512<float> left = Vector512.Load(at), right = TWidth.Two ? Vector512.Load(at + 16) : left;
                Vector512<float> x = Vector512.Create(a0[0]);
                l0 = Vector512.FusedMultiplyAdd(x, left, l0);
                r0 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r0) : r0;
                if (TRows.Count > 1)
                {
                    x = Vector512.Create(a0[aRow]);
                    l1 = Vector512.FusedMultiplyAdd(x, left, l1);
                    r1 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r1) : r1;
                }

                if (TRows.Count > 2)
                {
                    x = Vector512.Create(a0[aTwo]);
                    l2 = Vector512.FusedMultiplyAdd(x, left, l2);
                    r2 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r2) : r2;
                }

                if (TRows.Count > 3)
                {
                    x = Vector512.Create(a3[0]);
                    l3 = Vector512.FusedMultiplyAdd(x, left, l3);
                    r3 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r3) : r3;
                }

                if (TRows.Count > 4)
                {
                    x = Vector512.Create(a3[aRow]);
                    l4 = Vector512.FusedMultiplyAdd(x, left, l4);
                    r4 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r4) : r4;
                }

                if (TRows.Count > 5)
                {
                    x = Vector512.Create(a3[aTwo]);
                    l5 = Vector512.FusedMultiplyAdd(x, left, l5);
                    r5 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r5) : r5;
                }

                if (TRows.Count > 6)
                {
                    x = Vector512.Create(a6[0]);
                    l6 = Vector512.FusedMultiplyAdd(x, left, l6);
                    r6 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r6) : r6;
                }

                if (TRows.Count > 7)
                {
                    x = Vector512.Create(a6[aRow]);
                    l7 = Vector512.FusedMultiplyAdd(x, left, l7);
                    r7 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r7) : r7;
                }

                if (TRows.Count > 8)
                {
                    x = Vector512.Create(a6[aTwo]);
                    l8 = Vector512.FusedMultiplyAdd(x, left, l8);
                    r8 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r8) : r8;
                }

                if (TRows.Count > 9)
                {
                    x = Vector512.Create(a9[0]);
                    l9 = Vector512.FusedMultiplyAdd(x, left, l9);
                    r9 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r9) : r9;
                }

                if (TRows.Count > 10)
                {
                    x = Vector512.Create(a9[aRow]);
                    l10 = Vector512.FusedMultiplyAdd(x, left, l10);
                    r10 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r10) : r10;
                }

                if (TRows.Count > 11)
                {
                    x = Vector512.Create(a9[aTwo]);
                    l11 = Vector512.FusedMultiplyAdd(x, left, l11);
                    r11 = TWidth.Two ? Vector512.FusedMultiplyAdd(x, right, r11) : r11;
                }

                a0 += aDepth;
                a3 += aDepth;
                a6 += aDepth;
                a9 += aDepth;
                at += bDepth;
            }
            while (--k > 0);

            Store<TWidth>(true, l0, r0, c);
            Store<TWidth>(TRows.Count > 1, l1, r1, c + cRow);
            Store<TWidth>(TRows.Count > 2, l2, r2, c + (2 * cRow));
            Store<TWidth>(TRows.Count > 3, l3, r3, c + (3 * cRow));
            Store<TWidth>(TRows.Count > 4, l4, r4, c + (4 * cRow));
            Store<TWidth>(TRows.Count > 5, l5, r5, c + (5 * cRow));
            Store<TWidth>(TRows.Count > 6, l6, r6, c + (6 * cRow));
            Store<TWidth>(TRows.Count > 7, l7, r7, c + (7 * cRow));
            Store<TWidth>(TRows.Count > 8, l8, r8, c + (8 * cRow));
            Store<TWidth>(TRows.Count > 9, l9, r9, c + (9 * cRow));
            Store<TWidth>(TRows.Count > 10, l10, r10, c + (10 * cRow));
            Store<TWidth>(TRows.Count > 11, l11, r11, c + (11 * cRow));
            b += bTile;
            c += tileColumns;
        }
        while (--tiles > 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWidth>(bool present, Vector512<float> left, Vector512<float> right, float* to)
        where TWidth : struct, ITileWidth
    {
        if (present)
        {
            left.Store(to);
            if (TWidth.Two)
            {
                right.Store(to + 16);
            }
        }
    }
}
