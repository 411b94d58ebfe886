using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>A format whose weights stand alone, as a type: so that a kernel is compiled for each.</summary>
internal unsafe interface IPlainWeights
{
    /// <summary>Bytes of a weight.</summary>
    static abstract int Bytes { get; }

    /// <summary>Sixteen neighbours.</summary>
    static abstract Vector512<float> Load16(byte* at);

    /// <summary>One weight.</summary>
    static abstract float Load(byte* at);
}

/// <summary>float32.</summary>
internal readonly unsafe struct FloatWeights : IPlainWeights
{
    /// <inheritdoc/>
    public static int Bytes => sizeof(float);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(byte* at) => Vector512.Load((float*)at);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(byte* at) => *(float*)at;
}

/// <summary>bfloat16, widened exactly.</summary>
internal readonly unsafe struct HalfWeights : IPlainWeights
{
    /// <inheritdoc/>
    public static int Bytes => sizeof(ushort);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(byte* at)
    {
        Vector256<ushort> bits = Vector256.Load((ushort*)at);
        Vector512<uint> lanes = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512UInt32(bits)
            : Vector512.Create(Vector256.WidenLower(bits), Vector256.WidenUpper(bits));
        return (lanes << 16).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(byte* at) => BitConverter.UInt32BitsToSingle((uint)*(ushort*)at << 16);
}

/// <summary>Rows of weights in a format of <see cref="IPlainWeights"/>.</summary>
/// <param name="data">First weight.</param>
/// <param name="stride">Weights between two rows.</param>
internal readonly unsafe struct PlainRows<TWeights>(byte* data, nint stride) : IWeightRows
    where TWeights : struct, IPlainWeights
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Load16(int row, int column) => TWeights.Load16(data + (((row * stride) + column) * TWeights.Bytes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Load(int row, int column) => TWeights.Load(data + (((row * stride) + column) * TWeights.Bytes));
}
