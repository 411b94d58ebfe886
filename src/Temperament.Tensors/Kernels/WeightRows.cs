using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

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

/// <summary>NF4 weights: level[code] * scale of the block, rounded once.</summary>
internal readonly unsafe struct Nf4Rows(byte* codes, float* scales, float* levels, nint stride) : IWeightRows
{
    /// <summary>Sixteen weights of a row lie in whole bytes and in one block where rows are a multiple of 16 long.</summary>
    public bool CanLoad16 => Avx512F.IsSupported && stride % 16 == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Load16(int row, int column)
    {
        // Lane i takes byte i / 2: the high nibble for even i, the low one for odd i. The table look-up reads four bits of each lane
        // only, so the rest of the lane needs no mask.
        nint index = (row * stride) + column;
        Vector512<int> bytes = Avx512F.PermuteVar16x32(
            Vector512.CreateScalarUnsafe(*(long*)(codes + (index >> 1))).AsInt32(),
            Vector512.Create(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        Vector512<int> lanes = Avx512F.ShiftRightLogicalVariable(
            bytes, Vector512.Create(4u, 0, 12, 8, 20, 16, 28, 24, 4, 0, 12, 8, 20, 16, 28, 24));
        return Avx512F.PermuteVar16x32(Vector512.Load(levels), lanes) * Vector512.Create(scales[index / Nf4Matrix.BlockSize]);
    }

    /// <inheritdoc/>
    public float Load(int row, int column)
    {
        nint index = (row * stride) + column;
        int pair = codes[index >> 1];
        return levels[(index & 1) == 0 ? pair >> 4 : pair & 15] * scales[index / Nf4Matrix.BlockSize];
    }
}
