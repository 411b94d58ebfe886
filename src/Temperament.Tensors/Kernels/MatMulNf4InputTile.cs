using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The inner loops of <see cref="MatMulNf4Inputs"/>: sums of up to 6 rows by 64 inputs, or of up to 12 rows by 32, stay in registers, 24 at
/// most. A block of an output is looked up in levels that were multiplied by its scale. The branches on the type argument are constants.
/// </summary>
internal static unsafe class MatMulNf4InputTile
{
    /// <summary>Most rows of <see cref="AddFour"/>.</summary>
    public const int MostRowsOfFour = 6;

    private const int Band = Nf4View.Band;
    private const int LineBytes = 64;

    /// <summary>Adds products of 1 to 6 rows to the sums of 64 inputs, depth after depth.</summary>
    /// <param name="codes">Weights of up to <see cref="MatMulPlan.Depth"/> outputs.</param>
    /// <param name="x">Packed rows.</param>
    /// <param name="sums">Sums, a row after the other, a band apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddFour<TRows>(in MatMulNf4InputCodes codes, float* x, float* sums)
        where TRows : struct, ITileRows
    {
        Vector512<float> table = Vector512.Load(codes.Levels);
        uint* words = codes.Words;
        float* scales = codes.Scales;
        MatMulNf4Sums.Load<TRows>(sums, 0, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        MatMulNf4Sums.Load<TRows>(sums, 1, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        MatMulNf4Sums.Load<TRows>(sums, 2, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        MatMulNf4Sums.Load<TRows>(sums, 3, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        MatMulNf4Sums.Load<TRows>(sums, 4, out Vector512<float> e0, out Vector512<float> e1, out Vector512<float> e2, out Vector512<float> e3);
        MatMulNf4Sums.Load<TRows>(sums, 5, out Vector512<float> f0, out Vector512<float> f1, out Vector512<float> f2, out Vector512<float> f3);
        for (int left = codes.Outputs; left > 0; left -= Band)
        {
            int outputs = Math.Min(Band, left);
            byte* next = (byte*)(words + codes.BandWords);
            for (int o = 0; o < outputs; o++)
            {
                Sse.Prefetch0(next);
                next += LineBytes / 2;
                Vector512<float> scaled = table * Vector512.Create(scales[o]);
                MatMulNf4Sums.Add<TRows>(
                    x,
                    Avx512F.PermuteVar16x32(scaled, Nf4Lookup.Row(words).AsInt32()),
                    Avx512F.PermuteVar16x32(scaled, Nf4Lookup.Row(words + (2 * Band)).AsInt32()),
                    Avx512F.PermuteVar16x32(scaled, Nf4Lookup.Row(words + (4 * Band)).AsInt32()),
                    Avx512F.PermuteVar16x32(scaled, Nf4Lookup.Row(words + (6 * Band)).AsInt32()),
                    ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3,
                    ref d0, ref d1, ref d2, ref d3, ref e0, ref e1, ref e2, ref e3, ref f0, ref f1, ref f2, ref f3);
                words++;
                x++;
            }

            words += codes.BandWords - outputs;
            scales += codes.BandScales;
        }

        MatMulNf4Sums.Store<TRows>(sums, 0, a0, a1, a2, a3);
        MatMulNf4Sums.Store<TRows>(sums, 1, b0, b1, b2, b3);
        MatMulNf4Sums.Store<TRows>(sums, 2, c0, c1, c2, c3);
        MatMulNf4Sums.Store<TRows>(sums, 3, d0, d1, d2, d3);
        MatMulNf4Sums.Store<TRows>(sums, 4, e0, e1, e2, e3);
        MatMulNf4Sums.Store<TRows>(sums, 5, f0, f1, f2, f3);
    }

    /// <summary>Adds products of 1 to 12 rows to the sums of 32 inputs, depth after depth.</summary>
    /// <param name="codes">Weights of up to <see cref="MatMulPlan.Depth"/> outputs.</param>
    /// <param name="x">Packed rows.</param>
    /// <param name="sums">Sums, a row after the other, a band apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTwo<TRows>(in MatMulNf4InputCodes codes, float* x, float* sums)
        where TRows : struct, ITileRows
    {
        Vector512<float> table = Vector512.Load(codes.Levels);
        uint* words = codes.Words;
        float* scales = codes.Scales;
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
        for (int left = codes.Outputs; left > 0; left -= Band)
        {
            int outputs = Math.Min(Band, left);
            byte* next = (byte*)(words + codes.BandWords);
            for (int o = 0; o < outputs; o++)
            {
                Sse.Prefetch0(next);
                next += LineBytes / 4;
                Vector512<float> scaled = table * Vector512.Create(scales[o]);
                MatMulNf4Sums.Add<TRows>(
                    x,
                    Avx512F.PermuteVar16x32(scaled, Nf4Lookup.Row(words).AsInt32()),
                    Avx512F.PermuteVar16x32(scaled, Nf4Lookup.Row(words + (2 * Band)).AsInt32()),
                    ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, ref e0, ref e1, ref f0, ref f1,
                    ref g0, ref g1, ref h0, ref h1, ref i0, ref i1, ref j0, ref j1, ref k0, ref k1, ref l0, ref l1);
                words++;
                x++;
            }

            words += codes.BandWords - outputs;
            scales += codes.BandScales;
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
}
