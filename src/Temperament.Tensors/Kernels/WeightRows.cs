using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>Stored rows of weights that read as float32, whatever their format.</summary>
internal interface IWeightRows
{
    /// <summary>True where <see cref="Load16"/> may be used on columns that are a multiple of 16 apart from a row's start.</summary>
    bool CanLoad16 { get; }

    /// <summary>Sixteen neighbours in a row.</summary>
    Vector512<float> Load16(int row, int column);

    /// <summary>One weight.</summary>
    float Load(int row, int column);
}

/// <summary>float32 weights.</summary>
internal readonly unsafe struct FloatRows(float* data, nint stride) : IWeightRows
{
    /// <inheritdoc/>
    public bool CanLoad16 => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Load16(int row, int column) => Vector512.Load(data + (row * stride) + column);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Load(int row, int column) => data[(row * stride) + column];
}

/// <summary>bfloat16 weights, widened exactly.</summary>
internal readonly unsafe struct HalfRows(ushort* data, nint stride) : IWeightRows
{
    /// <inheritdoc/>
    public bool CanLoad16 => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Load16(int row, int column)
    {
        Vector256<ushort> bits = Vector256.Load(data + (row * stride) + column);
        Vector512<uint> lanes = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512UInt32(bits)
            : Vector512.Create(Vector256.WidenLower(bits), Vector256.WidenUpper(bits));
        return (lanes << 16).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Load(int row, int column) => BitConverter.UInt32BitsToSingle((uint)data[(row * stride) + column] << 16);
}
