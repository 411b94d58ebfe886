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

    // Scales of about as many blocks ahead, two lines a block.
    private const int AheadScales = 8 * Band, LineScales = 32;

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
        Vector512<float> none = default;
        for (int block = 0; block < codes.Blocks; block++)
        {
            Vector512<float> s0 = BlockScales.Load16(scales), s1 = BlockScales.Load16(scales + 16);
            Vector512<float> s2 = BlockScales.Load16(scales + 32), s3 = BlockScales.Load16(scales + 48);
            Vector512<float> m0 = default, m1 = default, m2 = default, m3 = default;
            Sse.Prefetch0(scales + AheadScales);
            Sse.Prefetch0(scales + AheadScales + LineScales);
            scales += Band;
            if (TMinimum.IsThere)
            {
                m0 = BlockScales.Load16(minima);
                m1 = BlockScales.Load16(minima + 16);
                m2 = BlockScales.Load16(minima + 32);
                m3 = BlockScales.Load16(minima + 48);
                Sse.Prefetch0(minima + AheadScales);
                Sse.Prefetch0(minima + AheadScales + LineScales);
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
                MatMulNf4Sums.Add<TRows>(
                    x,
                    Weights<TCodes, TMinimum>(q0, 0, levels, s0, m0), Weights<TCodes, TMinimum>(q1, 0, levels, s1, m1),
                    Weights<TCodes, TMinimum>(q2, 0, levels, s2, m2), Weights<TCodes, TMinimum>(q3, 0, levels, s3, m3),
                    ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3,
                    ref none, ref none, ref none, ref none, ref none, ref none, ref none, ref none);
                MatMulNf4Sums.Add<TRows>(
                    x + 1,
                    Weights<TCodes, TMinimum>(q0, 1, levels, s0, m0), Weights<TCodes, TMinimum>(q1, 1, levels, s1, m1),
                    Weights<TCodes, TMinimum>(q2, 1, levels, s2, m2), Weights<TCodes, TMinimum>(q3, 1, levels, s3, m3),
                    ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3,
                    ref none, ref none, ref none, ref none, ref none, ref none, ref none, ref none);
                MatMulNf4Sums.Add<TRows>(
                    x + 2,
                    Weights<TCodes, TMinimum>(q0, 2, levels, s0, m0), Weights<TCodes, TMinimum>(q1, 2, levels, s1, m1),
                    Weights<TCodes, TMinimum>(q2, 2, levels, s2, m2), Weights<TCodes, TMinimum>(q3, 2, levels, s3, m3),
                    ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3,
                    ref none, ref none, ref none, ref none, ref none, ref none, ref none, ref none);
                MatMulNf4Sums.Add<TRows>(
                    x + 3,
                    Weights<TCodes, TMinimum>(q0, 3, levels, s0, m0), Weights<TCodes, TMinimum>(q1, 3, levels, s1, m1),
                    Weights<TCodes, TMinimum>(q2, 3, levels, s2, m2), Weights<TCodes, TMinimum>(q3, 3, levels, s3, m3),
                    ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3,
                    ref none, ref none, ref none, ref none, ref none, ref none, ref none, ref none);
                if (TCodes.Inputs == 8)
                {
                    MatMulNf4Sums.Add<TRows>(
                        x + 4,
                        Weights<TCodes, TMinimum>(q0, 4, levels, s0, m0), Weights<TCodes, TMinimum>(q1, 4, levels, s1, m1),
                        Weights<TCodes, TMinimum>(q2, 4, levels, s2, m2), Weights<TCodes, TMinimum>(q3, 4, levels, s3, m3),
                        ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3,
                        ref none, ref none, ref none, ref none, ref none, ref none, ref none, ref none);
                    MatMulNf4Sums.Add<TRows>(
                        x + 5,
                        Weights<TCodes, TMinimum>(q0, 5, levels, s0, m0), Weights<TCodes, TMinimum>(q1, 5, levels, s1, m1),
                        Weights<TCodes, TMinimum>(q2, 5, levels, s2, m2), Weights<TCodes, TMinimum>(q3, 5, levels, s3, m3),
                        ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3,
                        ref none, ref none, ref none, ref none, ref none, ref none, ref none, ref none);
                    MatMulNf4Sums.Add<TRows>(
                        x + 6,
                        Weights<TCodes, TMinimum>(q0, 6, levels, s0, m0), Weights<TCodes, TMinimum>(q1, 6, levels, s1, m1),
                        Weights<TCodes, TMinimum>(q2, 6, levels, s2, m2), Weights<TCodes, TMinimum>(q3, 6, levels, s3, m3),
                        ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3,
                        ref none, ref none, ref none, ref none, ref none, ref none, ref none, ref none);
                    MatMulNf4Sums.Add<TRows>(
                        x + 7,
                        Weights<TCodes, TMinimum>(q0, 7, levels, s0, m0), Weights<TCodes, TMinimum>(q1, 7, levels, s1, m1),
                        Weights<TCodes, TMinimum>(q2, 7, levels, s2, m2), Weights<TCodes, TMinimum>(q3, 7, levels, s3, m3),
                        ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3,
                        ref none, ref none, ref none, ref none, ref none, ref none, ref none, ref none);
                }

                x += TCodes.Inputs;
            }
        }

        MatMulNf4Sums.Store<TRows>(sums, 0, a0, a1, a2, a3);
        MatMulNf4Sums.Store<TRows>(sums, 1, b0, b1, b2, b3);
        MatMulNf4Sums.Store<TRows>(sums, 2, c0, c1, c2, c3);
        MatMulNf4Sums.Store<TRows>(sums, 3, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Weights<TCodes, TMinimum>(
        Vector512<uint> words, int input, float* levels, Vector512<float> scale, Vector512<float> minimum)
        where TCodes : struct, IBlockCodes
        where TMinimum : struct, IBlockMinimum
    {
        Vector512<float> numbers = TCodes.Numbers(words, input, levels);
        return TMinimum.IsThere ? Vector512.FusedMultiplyAdd(numbers, scale, minimum) : numbers * scale;
    }
}
