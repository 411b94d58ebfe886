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
}
