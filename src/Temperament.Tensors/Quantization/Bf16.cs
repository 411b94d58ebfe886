using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Temperament.Tensors.Quantization;

/// <summary>bfloat16: the upper half of a float32. Little-endian bytes, as checkpoints store them.</summary>
public static class Bf16
{
    /// <summary>Widens exactly.</summary>
    /// <param name="source">Two bytes a number.</param>
    /// <param name="target">source.Length / 2 numbers.</param>
    public static void Widen(ReadOnlySpan<byte> source, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)source.Length, target.Length * 2L);
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(target);
        int i = 0;
        for (; i <= target.Length - 32; i += 32)
        {
            // 32 lanes of 16 bits become two registers of 16 lanes whose upper halves they are.
            (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(Vector512.LoadUnsafe(ref from, (nuint)i * 2).AsUInt16());
            (low << 16).AsSingle().StoreUnsafe(ref to, (nuint)i);
            (high << 16).AsSingle().StoreUnsafe(ref to, (nuint)i + 16);
        }

        for (; i < target.Length; i++)
        {
            uint bits = BinaryPrimitives.ReadUInt16LittleEndian(source[(i * 2)..]);
            target[i] = BitConverter.UInt32BitsToSingle(bits << 16);
        }
    }

    /// <summary>Rounds to nearest, ties to even; a NaN stays a NaN.</summary>
    /// <param name="source">Numbers.</param>
    /// <param name="target">2 * source.Length bytes.</param>
    public static void Narrow(ReadOnlySpan<float> source, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)target.Length, source.Length * 2L);
        for (int i = 0; i < source.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(source[i]);
            uint rounded = float.IsNaN(source[i]) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
            BinaryPrimitives.WriteUInt16LittleEndian(target[(i * 2)..], (ushort)rounded);
        }
    }
}
