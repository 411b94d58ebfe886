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
        MatMulNf4Sums.Load<TRows>(sums, 0, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        MatMulNf4Sums.Load<TRows>(sums, 1, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        MatMulNf4Sums.Load<TRows>(sums, 2, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        MatMulNf4Sums.Load<TRows>(sums, 3, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        MatMulNf4Sums.Load<TRows>(sums, 4, out Vector512<float> e0, out Vector512<float> e1, out Vector512<float> e2, out Vector512<float> e3);
        MatMulNf4Sums.Load<TRows>(sums, 5, out Vector512<float> f0, out Vector512<float> f1, out Vector512<float> f2, out Vector512<float> f3);
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

        MatMulNf4Sums.Store<TRows>(sums, 0, a0, a1, a2, a3);
        MatMulNf4Sums.Store<TRows>(sums, 1, b0, b1, b2, b3);
        MatMulNf4Sums.Store<TRows>(sums, 2, c0, c1, c2, c3);
        MatMulNf4Sums.Store<TRows>(sums, 3, d0, d1, d2, d3);
        MatMulNf4Sums.Store<TRows>(sums, 4, e0, e1, e2, e3);
        MatMulNf4Sums.Store<TRows>(sums, 5, f0, f1, f2, f3);
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
        MatMulNf4Sums.Load<TRows>(sums, 0, out Vector512<float> a0, out Vector512<float> a1);
        MatMulNf4Sums.Load<TRows>(sums, 1, out Vector512<float> b0, out Vector512<float> b1);
        MatMulNf4Sums.Load<TRows>(sums, 2, out Vector512<float> c0, out Vector512<float> c1);
        MatMulNf4Sums.Load<TRows>(sums, 3, out Vector512<float> d0, out Vector512<float> d1);
        MatMulNf4Sums.Load<TRows>(sums, 4, out Vector512<float> e0, out Vector512<float> e1);
        MatMulNf4Sums.Load<TRows>(sums, 5, out Vector512<float> f0, out Vector512<float> f1);
        MatMulNf4Sums.Load<TRows>(sums, 6, out Vector512<float> g0, out Vector512<float> g1);
        MatMulNf4Sums.Load<TRows>(sums, 7, out Vector512<float> h0, out Vector512<float> h1);
        MatMulNf4Sums.Load<TRows>(sums, 8, out Vector512<float> i0, out Vector512<float> i1);
        MatMulNf4Sums.Load<TRows>(sums, 9, out Vector512<float> j0, out Vector512<float> j1);
        MatMulNf4Sums.Load<TRows>(sums, 10, out Vector512<float> k0, out Vector512<float> k1);
        MatMulNf4Sums.Load<TRows>(sums, 11, out Vector512<float> l0, out Vector512<float> l1);
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

        MatMulNf4Sums.Store<TRows>(sums, 0, a0, a1);
        MatMulNf4Sums.Store<TRows>(sums, 1, b0, b1);
        MatMulNf4Sums.Store<TRows>(sums, 2, c0, c1);
        MatMulNf4Sums.Store<TRows>(sums, 3, d0, d1);
        MatMulNf4Sums.Store<TRows>(sums, 4, e0, e1);
        MatMulNf4Sums.Store<TRows>(sums, 5, f0, f1);
        MatMulNf4Sums.Store<TRows>(sums, 6, g0, g1);
        MatMulNf4Sums.Store<TRows>(sums, 7, h0, h1);
        MatMulNf4Sums.Store<TRows>(sums, 8, i0, i1);
        MatMulNf4Sums.Store<TRows>(sums, 9, j0, j1);
        MatMulNf4Sums.Store<TRows>(sums, 10, k0, k1);
        MatMulNf4Sums.Store<TRows>(sums, 11, l0, l1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Weights(Vector512<uint> codes, Vector512<float> table, Vector512<float> scales) =>
        Avx512F.PermuteVar16x32(table, codes.AsInt32()) * scales;
}
