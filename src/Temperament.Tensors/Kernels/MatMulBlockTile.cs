using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>Some blocks of the outputs of a band.</summary>
/// <param name="words">First word of the first output; the next word is a band further.</param>
/// <param name="scales">Scales of the outputs; those of the next block are a band further.</param>
/// <param name="minima">Minima likewise, where the format has them.</param>
/// <param name="blocks">Blocks of an output.</param>
/// <param name="levels">What codes of 4 bits stand for.</param>
internal readonly unsafe struct MatMulBlockCodes(uint* words, ushort* scales, ushort* minima, int blocks, float* levels)
{
    /// <summary>First word of the first output.</summary>
    public uint* Words => words;

    /// <summary>Scales of the outputs.</summary>
    public ushort* Scales => scales;

    /// <summary>Minima of the outputs.</summary>
    public ushort* Minima => minima;

    /// <summary>Blocks of an output.</summary>
    public int Blocks => blocks;

    /// <summary>What codes of 4 bits stand for.</summary>
    public float* Levels => levels;
}

/// <summary>Whether blocks have a minimum, as a type.</summary>
internal interface IBlockMinimum
{
    /// <summary>True where they have.</summary>
    static abstract bool IsThere { get; }
}

/// <summary>Blocks with a minimum.</summary>
internal readonly struct WithMinimum : IBlockMinimum
{
    /// <inheritdoc/>
    public static bool IsThere => true;
}

/// <summary>Blocks without one.</summary>
internal readonly struct WithoutMinimum : IBlockMinimum
{
    /// <inheritdoc/>
    public static bool IsThere => false;
}

/// <summary>
/// The inner loop of <see cref="MatMulBlockNarrow"/>: sums of up to 4 rows by 64 outputs stay in registers, with four registers each of scales, minima
/// and words. A weight costs a shift, its number, and a fused multiply-add with scale and minimum, whose product is exact; then one
/// fused multiply-add a row. The branches on the type arguments are constants.
/// </summary>
internal static unsafe class MatMulBlockTile
{
    /// <summary>Most rows.</summary>
    public const int MostRows = 4;

    // Far enough ahead for memory to answer in time.
    private const int AheadBytes = 8 << 10;
    private const int Band = BlockView.Band;
    private const int RowStep = MatMulPlan.Depth;

    /// <summary>Adds products of 1 to 4 rows to the sums of 64 outputs, depth after depth.</summary>
    /// <param name="codes">Weights.</param>
    /// <param name="x">Packed rows.</param>
    /// <param name="sums">Sums, a row after the other, a band apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TCodes, TMinimum, TRows>(in MatMulBlockCodes codes, float* x, float* sums)
        where TCodes : struct, IBlockCodes
        where TMinimum : struct, IBlockMinimum
        where TRows : struct, ITileRows
    {
        uint* words = codes.Words;
        ushort* scales = codes.Scales, minima = codes.Minima;
        float* levels = codes.Levels;
        MatMulNf4Sums.Load<TRows>(sums, 0, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        MatMulNf4Sums.Load<TRows>(sums, 1, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        MatMulNf4Sums.Load<TRows>(sums, 2, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        MatMulNf4Sums.Load<TRows>(sums, 3, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        for (int block = 0; block < codes.Blocks; block++)
        {
            Vector512<float> s0 = BlockScales.Load16(scales), s1 = BlockScales.Load16(scales + 16);
            Vector512<float> s2 = BlockScales.Load16(scales + 32), s3 = BlockScales.Load16(scales + 48);
            Vector512<float> m0 = default, m1 = default, m2 = default, m3 = default;
            Sse.Prefetch0(scales + (AheadBytes / 2 / sizeof(ushort) / 4));
            Sse.Prefetch0(scales + (AheadBytes / 2 / sizeof(ushort) / 4) + 32);
            scales += Band;
            if (TMinimum.IsThere)
            {
                m0 = BlockScales.Load16(minima);
                m1 = BlockScales.Load16(minima + 16);
                m2 = BlockScales.Load16(minima + 32);
                m3 = BlockScales.Load16(minima + 48);
                Sse.Prefetch0(minima + (AheadBytes / 2 / sizeof(ushort) / 4));
                Sse.Prefetch0(minima + (AheadBytes / 2 / sizeof(ushort) / 4) + 32);
                minima += Band;
            }

            for (int word = 0; word < BlockView.BlockSize / TCodes.Inputs; word++)
            {
                Vector512<uint> q0 = Vector512.Load(words), q1 = Vector512.Load(words + 16), q2 = Vector512.Load(words + 32), q3 = Vector512.Load(words + 48);
                byte* ahead = (byte*)words + AheadBytes;
                Sse.Prefetch0(ahead);
                Sse.Prefetch0(ahead + 64);
                Sse.Prefetch0(ahead + 128);
                Sse.Prefetch0(ahead + 192);
                words += Band;
                for (int i = 0; i < TCodes.Inputs; i++)
                {
                    Vector512<float> w0 = Weights<TCodes, TMinimum>(q0, levels, s0, m0), w1 = Weights<TCodes, TMinimum>(q1, levels, s1, m1);
                    Vector512<float> w2 = Weights<TCodes, TMinimum>(q2, levels, s2, m2), w3 = Weights<TCodes, TMinimum>(q3, levels, s3, m3);
                    q0 >>>= 32 / TCodes.Inputs;
                    q1 >>>= 32 / TCodes.Inputs;
                    q2 >>>= 32 / TCodes.Inputs;
                    q3 >>>= 32 / TCodes.Inputs;
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

                    x++;
                }
            }
        }

        MatMulNf4Sums.Store<TRows>(sums, 0, a0, a1, a2, a3);
        MatMulNf4Sums.Store<TRows>(sums, 1, b0, b1, b2, b3);
        MatMulNf4Sums.Store<TRows>(sums, 2, c0, c1, c2, c3);
        MatMulNf4Sums.Store<TRows>(sums, 3, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Weights<TCodes, TMinimum>(Vector512<uint> words, float* levels, Vector512<float> scale, Vector512<float> minimum)
        where TCodes : struct, IBlockCodes
        where TMinimum : struct, IBlockMinimum
    {
        Vector512<float> numbers = TCodes.Numbers(words, levels);
        return TMinimum.IsThere ? Vector512.FusedMultiplyAdd(numbers, scale, minimum) : numbers * scale;
    }
}
