using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The inner loops of <see cref="MatMulNf4Narrow"/>: sums of up to 6 rows by 64 outputs, or of up to 12 rows by 32, stay in registers, 24 at most.
/// A weight costs a shift, a look-up and a product with its scale, and then one fused multiply-add a row. The branches on the type
/// argument are constants.
/// </summary>
internal static unsafe class MatMulNf4Tile
{
    /// <summary>Most rows of <see cref="AddFour"/>.</summary>
    public const int MostRowsOfFour = 6;

    // Far enough ahead for memory to answer in time: at most a seventh of a first cache of 48 KiB is in flight.
    private const int AheadBytes = 8 << 10;
    private const int Band = Nf4View.Band;
    private const int LineWords = 16;

    /// <summary>Adds products of 1 to 6 rows to the sums of 64 outputs, depth after depth.</summary>
    /// <param name="codes">Weights.</param>
    /// <param name="x">Packed rows.</param>
    /// <param name="sums">Sums, a row after the other, a band apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddFour<TRows>(in MatMulNf4Codes codes, float* x, float* sums)
        where TRows : struct, ITileRows
    {
        Vector512<float> table = Vector512.Load(codes.Levels);
        uint* words = codes.Words;
        float* scales = codes.Scales;
        int count = codes.Count, scaleShift = codes.ScaleShift;
        Vector512<float> a0 = Vector512.Load(sums);
        Vector512<float> a1 = Vector512.Load(sums + 16);
        Vector512<float> a2 = Vector512.Load(sums + 32);
        Vector512<float> a3 = Vector512.Load(sums + 48);
        Vector512<float> b0 = TRows.Count > 1 ? Vector512.Load(sums + Band) : default;
        Vector512<float> b1 = TRows.Count > 1 ? Vector512.Load(sums + Band + 16) : default;
        Vector512<float> b2 = TRows.Count > 1 ? Vector512.Load(sums + Band + 32) : default;
        Vector512<float> b3 = TRows.Count > 1 ? Vector512.Load(sums + Band + 48) : default;
        Vector512<float> c0 = TRows.Count > 2 ? Vector512.Load(sums + (2 * Band)) : default;
        Vector512<float> c1 = TRows.Count > 2 ? Vector512.Load(sums + (2 * Band) + 16) : default;
        Vector512<float> c2 = TRows.Count > 2 ? Vector512.Load(sums + (2 * Band) + 32) : default;
        Vector512<float> c3 = TRows.Count > 2 ? Vector512.Load(sums + (2 * Band) + 48) : default;
        Vector512<float> d0 = TRows.Count > 3 ? Vector512.Load(sums + (3 * Band)) : default;
        Vector512<float> d1 = TRows.Count > 3 ? Vector512.Load(sums + (3 * Band) + 16) : default;
        Vector512<float> d2 = TRows.Count > 3 ? Vector512.Load(sums + (3 * Band) + 32) : default;
        Vector512<float> d3 = TRows.Count > 3 ? Vector512.Load(sums + (3 * Band) + 48) : default;
        Vector512<float> e0 = TRows.Count > 4 ? Vector512.Load(sums + (4 * Band)) : default;
        Vector512<float> e1 = TRows.Count > 4 ? Vector512.Load(sums + (4 * Band) + 16) : default;
        Vector512<float> e2 = TRows.Count > 4 ? Vector512.Load(sums + (4 * Band) + 32) : default;
        Vector512<float> e3 = TRows.Count > 4 ? Vector512.Load(sums + (4 * Band) + 48) : default;
        Vector512<float> f0 = TRows.Count > 5 ? Vector512.Load(sums + (5 * Band)) : default;
        Vector512<float> f1 = TRows.Count > 5 ? Vector512.Load(sums + (5 * Band) + 16) : default;
        Vector512<float> f2 = TRows.Count > 5 ? Vector512.Load(sums + (5 * Band) + 32) : default;
        Vector512<float> f3 = TRows.Count > 5 ? Vector512.Load(sums + (5 * Band) + 48) : default;
        for (int word = 0; word < count; word++)
        {
            float* scale = scales + ((word >> scaleShift) * Band);
            Vector512<float> s0 = Vector512.Load(scale), s1 = Vector512.Load(scale + 16), s2 = Vector512.Load(scale + 32), s3 = Vector512.Load(scale + 48);
            Vector512<uint> q0 = Vector512.Load(words), q1 = Vector512.Load(words + 16), q2 = Vector512.Load(words + 32), q3 = Vector512.Load(words + 48);
            for (int line = 0; line < Band; line += LineWords)
            {
                Sse.Prefetch0(words + line + (AheadBytes / sizeof(uint)));
            }

            MatMulNf4Sums.Add<TRows>(
                x, Weights(q0 >>> 4, table, s0), Weights(q1 >>> 4, table, s1), Weights(q2 >>> 4, table, s2), Weights(q3 >>> 4, table, s3),
                ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3,
                ref d0, ref d1, ref d2, ref d3, ref e0, ref e1, ref e2, ref e3, ref f0, ref f1, ref f2, ref f3);
            MatMulNf4Sums.Add<TRows>(
                x + 1, Weights(q0, table, s0), Weights(q1, table, s1), Weights(q2, table, s2), Weights(q3, table, s3),
                ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3,
                ref d0, ref d1, ref d2, ref d3, ref e0, ref e1, ref e2, ref e3, ref f0, ref f1, ref f2, ref f3);
            MatMulNf4Sums.Add<TRows>(
                x + 2, Weights(q0 >>> 12, table, s0), Weights(q1 >>> 12, table, s1), Weights(q2 >>> 12, table, s2), Weights(q3 >>> 12, table, s3),
                ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3,
                ref d0, ref d1, ref d2, ref d3, ref e0, ref e1, ref e2, ref e3, ref f0, ref f1, ref f2, ref f3);
            MatMulNf4Sums.Add<TRows>(
                x + 3, Weights(q0 >>> 8, table, s0), Weights(q1 >>> 8, table, s1), Weights(q2 >>> 8, table, s2), Weights(q3 >>> 8, table, s3),
                ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3,
                ref d0, ref d1, ref d2, ref d3, ref e0, ref e1, ref e2, ref e3, ref f0, ref f1, ref f2, ref f3);
            MatMulNf4Sums.Add<TRows>(
                x + 4, Weights(q0 >>> 20, table, s0), Weights(q1 >>> 20, table, s1), Weights(q2 >>> 20, table, s2), Weights(q3 >>> 20, table, s3),
                ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3,
                ref d0, ref d1, ref d2, ref d3, ref e0, ref e1, ref e2, ref e3, ref f0, ref f1, ref f2, ref f3);
            MatMulNf4Sums.Add<TRows>(
                x + 5, Weights(q0 >>> 16, table, s0), Weights(q1 >>> 16, table, s1), Weights(q2 >>> 16, table, s2), Weights(q3 >>> 16, table, s3),
                ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3,
                ref d0, ref d1, ref d2, ref d3, ref e0, ref e1, ref e2, ref e3, ref f0, ref f1, ref f2, ref f3);
            MatMulNf4Sums.Add<TRows>(
                x + 6, Weights(q0 >>> 28, table, s0), Weights(q1 >>> 28, table, s1), Weights(q2 >>> 28, table, s2), Weights(q3 >>> 28, table, s3),
                ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3,
                ref d0, ref d1, ref d2, ref d3, ref e0, ref e1, ref e2, ref e3, ref f0, ref f1, ref f2, ref f3);
            MatMulNf4Sums.Add<TRows>(
                x + 7, Weights(q0 >>> 24, table, s0), Weights(q1 >>> 24, table, s1), Weights(q2 >>> 24, table, s2), Weights(q3 >>> 24, table, s3),
                ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3,
                ref d0, ref d1, ref d2, ref d3, ref e0, ref e1, ref e2, ref e3, ref f0, ref f1, ref f2, ref f3);
            words += Band;
            x += Nf4View.WordCodes;
        }

        a0.Store(sums);
        a1.Store(sums + 16);
        a2.Store(sums + 32);
        a3.Store(sums + 48);

        if (TRows.Count > 1)
        {
            b0.Store(sums + Band);
            b1.Store(sums + Band + 16);
            b2.Store(sums + Band + 32);
            b3.Store(sums + Band + 48);
        }

        if (TRows.Count > 2)
        {
            c0.Store(sums + (2 * Band));
            c1.Store(sums + (2 * Band) + 16);
            c2.Store(sums + (2 * Band) + 32);
            c3.Store(sums + (2 * Band) + 48);
        }

        if (TRows.Count > 3)
        {
            d0.Store(sums + (3 * Band));
            d1.Store(sums + (3 * Band) + 16);
            d2.Store(sums + (3 * Band) + 32);
            d3.Store(sums + (3 * Band) + 48);
        }

        if (TRows.Count > 4)
        {
            e0.Store(sums + (4 * Band));
            e1.Store(sums + (4 * Band) + 16);
            e2.Store(sums + (4 * Band) + 32);
            e3.Store(sums + (4 * Band) + 48);
        }

        if (TRows.Count > 5)
        {
            f0.Store(sums + (5 * Band));
            f1.Store(sums + (5 * Band) + 16);
            f2.Store(sums + (5 * Band) + 32);
            f3.Store(sums + (5 * Band) + 48);
        }
    }

    /// <summary>Adds products of 1 to 12 rows to the sums of 32 outputs, depth after depth.</summary>
    /// <param name="codes">Weights.</param>
    /// <param name="x">Packed rows.</param>
    /// <param name="sums">Sums, a row after the other, a band apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTwo<TRows>(in MatMulNf4Codes codes, float* x, float* sums)
        where TRows : struct, ITileRows
    {
        Vector512<float> table = Vector512.Load(codes.Levels);
        uint* words = codes.Words;
        float* scales = codes.Scales;
        int count = codes.Count, scaleShift = codes.ScaleShift;
        Vector512<float> a0 = Vector512.Load(sums);
        Vector512<float> a1 = Vector512.Load(sums + 16);
        Vector512<float> b0 = TRows.Count > 1 ? Vector512.Load(sums + Band) : default;
        Vector512<float> b1 = TRows.Count > 1 ? Vector512.Load(sums + Band + 16) : default;
        Vector512<float> c0 = TRows.Count > 2 ? Vector512.Load(sums + (2 * Band)) : default;
        Vector512<float> c1 = TRows.Count > 2 ? Vector512.Load(sums + (2 * Band) + 16) : default;
        Vector512<float> d0 = TRows.Count > 3 ? Vector512.Load(sums + (3 * Band)) : default;
        Vector512<float> d1 = TRows.Count > 3 ? Vector512.Load(sums + (3 * Band) + 16) : default;
        Vector512<float> e0 = TRows.Count > 4 ? Vector512.Load(sums + (4 * Band)) : default;
        Vector512<float> e1 = TRows.Count > 4 ? Vector512.Load(sums + (4 * Band) + 16) : default;
        Vector512<float> f0 = TRows.Count > 5 ? Vector512.Load(sums + (5 * Band)) : default;
        Vector512<float> f1 = TRows.Count > 5 ? Vector512.Load(sums + (5 * Band) + 16) : default;
        Vector512<float> g0 = TRows.Count > 6 ? Vector512.Load(sums + (6 * Band)) : default;
        Vector512<float> g1 = TRows.Count > 6 ? Vector512.Load(sums + (6 * Band) + 16) : default;
        Vector512<float> h0 = TRows.Count > 7 ? Vector512.Load(sums + (7 * Band)) : default;
        Vector512<float> h1 = TRows.Count > 7 ? Vector512.Load(sums + (7 * Band) + 16) : default;
        Vector512<float> i0 = TRows.Count > 8 ? Vector512.Load(sums + (8 * Band)) : default;
        Vector512<float> i1 = TRows.Count > 8 ? Vector512.Load(sums + (8 * Band) + 16) : default;
        Vector512<float> j0 = TRows.Count > 9 ? Vector512.Load(sums + (9 * Band)) : default;
        Vector512<float> j1 = TRows.Count > 9 ? Vector512.Load(sums + (9 * Band) + 16) : default;
        Vector512<float> k0 = TRows.Count > 10 ? Vector512.Load(sums + (10 * Band)) : default;
        Vector512<float> k1 = TRows.Count > 10 ? Vector512.Load(sums + (10 * Band) + 16) : default;
        Vector512<float> l0 = TRows.Count > 11 ? Vector512.Load(sums + (11 * Band)) : default;
        Vector512<float> l1 = TRows.Count > 11 ? Vector512.Load(sums + (11 * Band) + 16) : default;
        for (int word = 0; word < count; word++)
        {
            float* scale = scales + ((word >> scaleShift) * Band);
            Vector512<float> s0 = Vector512.Load(scale), s1 = Vector512.Load(scale + 16);
            Vector512<uint> q0 = Vector512.Load(words), q1 = Vector512.Load(words + 16);
            for (int line = 0; line < Band; line += LineWords)
            {
                Sse.Prefetch0(words + line + (AheadBytes / sizeof(uint)));
            }

            MatMulNf4Sums.Add<TRows>(
                x, Weights(q0 >>> 4, table, s0), Weights(q1 >>> 4, table, s1),
                ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1,
                ref g0, ref g1, ref h0, ref h1, ref i0, ref i1, ref j0, ref j1, ref k0, ref k1, ref l0, ref l1);
            MatMulNf4Sums.Add<TRows>(
                x + 1, Weights(q0, table, s0), Weights(q1, table, s1),
                ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1,
                ref g0, ref g1, ref h0, ref h1, ref i0, ref i1, ref j0, ref j1, ref k0, ref k1, ref l0, ref l1);
            MatMulNf4Sums.Add<TRows>(
                x + 2, Weights(q0 >>> 12, table, s0), Weights(q1 >>> 12, table, s1),
                ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1,
                ref g0, ref g1, ref h0, ref h1, ref i0, ref i1, ref j0, ref j1, ref k0, ref k1, ref l0, ref l1);
            MatMulNf4Sums.Add<TRows>(
                x + 3, Weights(q0 >>> 8, table, s0), Weights(q1 >>> 8, table, s1),
                ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1,
                ref g0, ref g1, ref h0, ref h1, ref i0, ref i1, ref j0, ref j1, ref k0, ref k1, ref l0, ref l1);
            MatMulNf4Sums.Add<TRows>(
                x + 4, Weights(q0 >>> 20, table, s0), Weights(q1 >>> 20, table, s1),
                ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1,
                ref g0, ref g1, ref h0, ref h1, ref i0, ref i1, ref j0, ref j1, ref k0, ref k1, ref l0, ref l1);
            MatMulNf4Sums.Add<TRows>(
                x + 5, Weights(q0 >>> 16, table, s0), Weights(q1 >>> 16, table, s1),
                ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1,
                ref g0, ref g1, ref h0, ref h1, ref i0, ref i1, ref j0, ref j1, ref k0, ref k1, ref l0, ref l1);
            MatMulNf4Sums.Add<TRows>(
                x + 6, Weights(q0 >>> 28, table, s0), Weights(q1 >>> 28, table, s1),
                ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1,
                ref g0, ref g1, ref h0, ref h1, ref i0, ref i1, ref j0, ref j1, ref k0, ref k1, ref l0, ref l1);
            MatMulNf4Sums.Add<TRows>(
                x + 7, Weights(q0 >>> 24, table, s0), Weights(q1 >>> 24, table, s1),
                ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1,
                ref g0, ref g1, ref h0, ref h1, ref i0, ref i1, ref j0, ref j1, ref k0, ref k1, ref l0, ref l1);
            words += Band;
            x += Nf4View.WordCodes;
        }

        a0.Store(sums);
        a1.Store(sums + 16);

        if (TRows.Count > 1)
        {
            b0.Store(sums + Band);
            b1.Store(sums + Band + 16);
        }

        if (TRows.Count > 2)
        {
            c0.Store(sums + (2 * Band));
            c1.Store(sums + (2 * Band) + 16);
        }

        if (TRows.Count > 3)
        {
            d0.Store(sums + (3 * Band));
            d1.Store(sums + (3 * Band) + 16);
        }

        if (TRows.Count > 4)
        {
            e0.Store(sums + (4 * Band));
            e1.Store(sums + (4 * Band) + 16);
        }

        if (TRows.Count > 5)
        {
            f0.Store(sums + (5 * Band));
            f1.Store(sums + (5 * Band) + 16);
        }

        if (TRows.Count > 6)
        {
            g0.Store(sums + (6 * Band));
            g1.Store(sums + (6 * Band) + 16);
        }

        if (TRows.Count > 7)
        {
            h0.Store(sums + (7 * Band));
            h1.Store(sums + (7 * Band) + 16);
        }

        if (TRows.Count > 8)
        {
            i0.Store(sums + (8 * Band));
            i1.Store(sums + (8 * Band) + 16);
        }

        if (TRows.Count > 9)
        {
            j0.Store(sums + (9 * Band));
            j1.Store(sums + (9 * Band) + 16);
        }

        if (TRows.Count > 10)
        {
            k0.Store(sums + (10 * Band));
            k1.Store(sums + (10 * Band) + 16);
        }

        if (TRows.Count > 11)
        {
            l0.Store(sums + (11 * Band));
            l1.Store(sums + (11 * Band) + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Weights(Vector512<uint> codes, Vector512<float> table, Vector512<float> scales) =>
        Avx512F.PermuteVar16x32(table, codes.AsInt32()) * scales;
}
