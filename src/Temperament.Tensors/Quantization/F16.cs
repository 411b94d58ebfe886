using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Temperament.Tensors.Quantization;

/// <summary>IEEE half precision. Little-endian bytes, as checkpoints store them.</summary>
public static class F16
{
    /// <summary>Widens exactly, denormals, infinities and NaN included.</summary>
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
            (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(Vector512.LoadUnsafe(ref from, (nuint)i * 2).AsUInt16());
            Widen(low).StoreUnsafe(ref to, (nuint)i);
            Widen(high).StoreUnsafe(ref to, (nuint)i + 16);
        }

        for (; i < target.Length; i++)
        {
            target[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(source[(i * 2)..]);
        }
    }

    /// <summary>Widens one number exactly.</summary>
    internal static float Widen(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>Rounds to nearest, ties to even; too large becomes infinite.</summary>
    /// <param name="source">Numbers.</param>
    /// <param name="target">2 * source.Length bytes.</param>
    public static void Narrow(ReadOnlySpan<float> source, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)target.Length, source.Length * 2L);
        for (int i = 0; i < source.Length; i++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(target[(i * 2)..], (Half)source[i]);
        }
    }

    // Exponent and fraction move to the places of float32; the product with 2^112 mends the bias, and denormals with it. An exponent of
    // all ones (infinity, NaN) is set again afterwards.
    private static Vector512<float> Widen(Vector512<uint> half)
    {
        Vector512<uint> magnitude = (half & Vector512.Create(0x7FFFu)) << 13;
        Vector512<uint> sign = (half & Vector512.Create(0x8000u)) << 16;
        Vector512<uint> value = (magnitude.AsSingle() * Vector512.Create(5.192296858534828e33f)).AsUInt32();
        Vector512<uint> special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x0F800000u));
        value = Vector512.ConditionalSelect(special, magnitude | Vector512.Create(0x7F800000u), value);
        return (value | sign).AsSingle();
    }
}
