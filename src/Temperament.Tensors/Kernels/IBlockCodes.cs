using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>How the words of a <see cref="BlockView"/> hold numbers, as a type: so that a kernel is compiled for each.</summary>
internal unsafe interface IBlockCodes
{
    /// <summary>Inputs of a word.</summary>
    static abstract int Inputs { get; }

    /// <summary>The numbers in the lowest bits of sixteen words.</summary>
    /// <param name="words">Words, moved to the right so far.</param>
    /// <param name="levels">What codes of 4 bits stand for.</param>
    static abstract Vector512<float> Numbers(Vector512<uint> words, float* levels);
}

/// <summary>Places in a table of sixteen levels.</summary>
internal readonly unsafe struct NibbleCodes : IBlockCodes
{
    /// <inheritdoc/>
    public static int Inputs => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Numbers(Vector512<uint> words, float* levels) => Nf4Lookup.Levels(words, levels);
}

/// <summary>Signed bytes.</summary>
internal readonly unsafe struct ByteCodes : IBlockCodes
{
    /// <inheritdoc/>
    public static int Inputs => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Numbers(Vector512<uint> words, float* levels) => Vector512.ConvertToSingle((words << 24).AsInt32() >> 24);
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
        Vector512<uint> upper = Vector512.Create(Vector256.WidenLower(half), Vector256.WidenUpper(half)) << 16;
        Vector512<uint> moved = (upper.AsInt32() >> 3).AsUInt32() & Vector512.Create(0x8FFFFFFFu);
        return moved.AsSingle() * Vector512.Create(5.192296858534828e33f);
    }
}
