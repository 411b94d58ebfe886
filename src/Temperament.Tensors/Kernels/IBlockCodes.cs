using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>How the words of a <see cref="BlockView"/> hold numbers, as a type: so that a kernel is compiled for each.</summary>
internal unsafe interface IBlockCodes
{
    /// <summary>Inputs of a word.</summary>
    static abstract int Inputs { get; }

    /// <summary>One number of each of sixteen words.</summary>
    /// <param name="words">Words.</param>
    /// <param name="input">Place of the number in its word; a constant where speed matters.</param>
    /// <param name="levels">What codes of 4 bits stand for.</param>
    static abstract Vector512<float> Numbers(Vector512<uint> words, int input, float* levels);
}

/// <summary>Places in a table of sixteen levels.</summary>
internal readonly unsafe struct NibbleCodes : IBlockCodes
{
    /// <inheritdoc/>
    public static int Inputs => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Numbers(Vector512<uint> words, int input, float* levels) => Nf4Lookup.Levels(words >>> (4 * input), levels);
}

/// <summary>Signed bytes.</summary>
internal readonly unsafe struct ByteCodes : IBlockCodes
{
    /// <inheritdoc/>
    public static int Inputs => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Numbers(Vector512<uint> words, int input, float* levels) =>
        Vector512.ConvertToSingle((words << (24 - (8 * input))).AsInt32() >> 24);
}

/// <summary>Scales and minima in half precision.</summary>
internal static unsafe class BlockScales
{
    /// <summary>
    /// Sixteen finite numbers, widened exactly: exponent and fraction move to the places of float32, the sign stays, and the product with 2^112 mends
    /// the bias, denormals included.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(ushort* at)
    {
        Vector256<ushort> half = Vector256.Load(at);
        Vector512<uint> lanes = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512UInt32(half)
            : Vector512.Create(Vector256.WidenLower(half), Vector256.WidenUpper(half));
        Vector512<uint> moved = ((lanes << 16).AsInt32() >> 3).AsUInt32() & Vector512.Create(0x8FFFFFFFu);
        return moved.AsSingle() * Vector512.Create(5.192296858534828e33f);
    }
}
