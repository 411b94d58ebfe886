using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The sums that <see cref="MatMulNf4Tile"/> and <see cref="MatMulNf4InputTile"/> keep in registers, 24 at most. One depth is a broadcast
/// number of each packed row times two or four registers of weights. The branches on the type argument are constants.
/// </summary>
internal static unsafe class MatMulNf4Sums
{
    private const int RowStep = MatMulPlan.Depth;

    /// <summary>a .. f (row), 0 .. 3 (register) += x[row] * w[register], for 1 to 6 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<TRows>(
        float* x,
        Vector512<float> w0,
        Vector512<float> w1,
        Vector512<float> w2,
        Vector512<float> w3,
        ref Vector512<float> a0,
        ref Vector512<float> a1,
        ref Vector512<float> a2,
        ref Vector512<float> a3,
        ref Vector512<float> b0,
        ref Vector512<float> b1,
        ref Vector512<float> b2,
        ref Vector512<float> b3,
        ref Vector512<float> c0,
        ref Vector512<float> c1,
        ref Vector512<float> c2,
        ref Vector512<float> c3,
        ref Vector512<float> d0,
        ref Vector512<float> d1,
        ref Vector512<float> d2,
        ref Vector512<float> d3,
        ref Vector512<float> e0,
        ref Vector512<float> e1,
        ref Vector512<float> e2,
        ref Vector512<float> e3,
        ref Vector512<float> f0,
        ref Vector512<float> f1,
        ref Vector512<float> f2,
        ref Vector512<float> f3)
        where TRows : struct, ITileRows
    {
        Vector512<float> v = Vector512.Create(x[0]);
        a0 = Vector512.FusedMultiplyAdd(v, w0, a0);
        a1 = Vector512.FusedMultiplyAdd(v, w1, a1);
        a2 = Vector512.FusedMultiplyAdd(v, w2, a2);
        a3 = Vector512.FusedMultiplyAdd(v, w3, a3);

        if (TRows.Count > 1)
        {
            v = Vector512.Create(x[RowStep]);
            b0 = Vector512.FusedMultiplyAdd(v, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(v, w1, b1);
            b2 = Vector512.FusedMultiplyAdd(v, w2, b2);
            b3 = Vector512.FusedMultiplyAdd(v, w3, b3);
        }

        if (TRows.Count > 2)
        {
            v = Vector512.Create(x[2 * RowStep]);
            c0 = Vector512.FusedMultiplyAdd(v, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(v, w1, c1);
            c2 = Vector512.FusedMultiplyAdd(v, w2, c2);
            c3 = Vector512.FusedMultiplyAdd(v, w3, c3);
        }

        if (TRows.Count > 3)
        {
            v = Vector512.Create(x[3 * RowStep]);
            d0 = Vector512.FusedMultiplyAdd(v, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(v, w1, d1);
            d2 = Vector512.FusedMultiplyAdd(v, w2, d2);
            d3 = Vector512.FusedMultiplyAdd(v, w3, d3);
        }

        if (TRows.Count > 4)
        {
            v = Vector512.Create(x[4 * RowStep]);
            e0 = Vector512.FusedMultiplyAdd(v, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(v, w1, e1);
            e2 = Vector512.FusedMultiplyAdd(v, w2, e2);
            e3 = Vector512.FusedMultiplyAdd(v, w3, e3);
        }

        if (TRows.Count > 5)
        {
            v = Vector512.Create(x[5 * RowStep]);
            f0 = Vector512.FusedMultiplyAdd(v, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(v, w1, f1);
            f2 = Vector512.FusedMultiplyAdd(v, w2, f2);
            f3 = Vector512.FusedMultiplyAdd(v, w3, f3);
        }
    }

    /// <summary>a .. l (row), 0 .. 1 (register) += x[row] * w[register], for 1 to 12 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<TRows>(
        float* x,
        Vector512<float> w0,
        Vector512<float> w1,
        ref Vector512<float> a0,
        ref Vector512<float> a1,
        ref Vector512<float> b0,
        ref Vector512<float> b1,
        ref Vector512<float> c0,
        ref Vector512<float> c1,
        ref Vector512<float> d0,
        ref Vector512<float> d1,
        ref Vector512<float> e0,
        ref Vector512<float> e1,
        ref Vector512<float> f0,
        ref Vector512<float> f1,
        ref Vector512<float> g0,
        ref Vector512<float> g1,
        ref Vector512<float> h0,
        ref Vector512<float> h1,
        ref Vector512<float> i0,
        ref Vector512<float> i1,
        ref Vector512<float> j0,
        ref Vector512<float> j1,
        ref Vector512<float> k0,
        ref Vector512<float> k1,
        ref Vector512<float> l0,
        ref Vector512<float> l1)
        where TRows : struct, ITileRows
    {
        Vector512<float> v = Vector512.Create(x[0]);
        a0 = Vector512.FusedMultiplyAdd(v, w0, a0);
        a1 = Vector512.FusedMultiplyAdd(v, w1, a1);

        if (TRows.Count > 1)
        {
            v = Vector512.Create(x[RowStep]);
            b0 = Vector512.FusedMultiplyAdd(v, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(v, w1, b1);
        }

        if (TRows.Count > 2)
        {
            v = Vector512.Create(x[2 * RowStep]);
            c0 = Vector512.FusedMultiplyAdd(v, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(v, w1, c1);
        }

        if (TRows.Count > 3)
        {
            v = Vector512.Create(x[3 * RowStep]);
            d0 = Vector512.FusedMultiplyAdd(v, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(v, w1, d1);
        }

        if (TRows.Count > 4)
        {
            v = Vector512.Create(x[4 * RowStep]);
            e0 = Vector512.FusedMultiplyAdd(v, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(v, w1, e1);
        }

        if (TRows.Count > 5)
        {
            v = Vector512.Create(x[5 * RowStep]);
            f0 = Vector512.FusedMultiplyAdd(v, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(v, w1, f1);
        }

        if (TRows.Count > 6)
        {
            v = Vector512.Create(x[6 * RowStep]);
            g0 = Vector512.FusedMultiplyAdd(v, w0, g0);
            g1 = Vector512.FusedMultiplyAdd(v, w1, g1);
        }

        if (TRows.Count > 7)
        {
            v = Vector512.Create(x[7 * RowStep]);
            h0 = Vector512.FusedMultiplyAdd(v, w0, h0);
            h1 = Vector512.FusedMultiplyAdd(v, w1, h1);
        }

        if (TRows.Count > 8)
        {
            v = Vector512.Create(x[8 * RowStep]);
            i0 = Vector512.FusedMultiplyAdd(v, w0, i0);
            i1 = Vector512.FusedMultiplyAdd(v, w1, i1);
        }

        if (TRows.Count > 9)
        {
            v = Vector512.Create(x[9 * RowStep]);
            j0 = Vector512.FusedMultiplyAdd(v, w0, j0);
            j1 = Vector512.FusedMultiplyAdd(v, w1, j1);
        }

        if (TRows.Count > 10)
        {
            v = Vector512.Create(x[10 * RowStep]);
            k0 = Vector512.FusedMultiplyAdd(v, w0, k0);
            k1 = Vector512.FusedMultiplyAdd(v, w1, k1);
        }

        if (TRows.Count > 11)
        {
            v = Vector512.Create(x[11 * RowStep]);
            l0 = Vector512.FusedMultiplyAdd(v, w0, l0);
            l1 = Vector512.FusedMultiplyAdd(v, w1, l1);
        }
    }

    /// <summary>The sums of a row, where the tile has it: four registers of its band.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TRows>(
        float* sums, int row, out Vector512<float> s0, out Vector512<float> s1, out Vector512<float> s2, out Vector512<float> s3)
        where TRows : struct, ITileRows
    {
        Load<TRows>(sums, row, out s0, out s1);
        Load<TRows>(sums + 32, row, out s2, out s3);
    }

    /// <summary>Two registers of the sums of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TRows>(float* sums, int row, out Vector512<float> s0, out Vector512<float> s1)
        where TRows : struct, ITileRows
    {
        s0 = TRows.Count > row ? Vector512.Load(sums + (row * Nf4View.Band)) : default;
        s1 = TRows.Count > row ? Vector512.Load(sums + (row * Nf4View.Band) + 16) : default;
    }

    /// <summary>Puts the sums of a row back, where the tile has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TRows>(float* sums, int row, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
        where TRows : struct, ITileRows
    {
        Store<TRows>(sums, row, s0, s1);
        Store<TRows>(sums + 32, row, s2, s3);
    }

    /// <summary>Puts two registers back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TRows>(float* sums, int row, Vector512<float> s0, Vector512<float> s1)
        where TRows : struct, ITileRows
    {
        if (TRows.Count > row)
        {
            s0.Store(sums + (row * Nf4View.Band));
            s1.Store(sums + (row * Nf4View.Band) + 16);
        }
    }
}
