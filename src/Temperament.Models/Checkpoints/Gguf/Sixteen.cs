using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// Steps that all block formats are made of, on 16 weights at a time. In every format scale times number is exact in float32 (at most
/// 24 significant bits), so each weight is rounded at most once, by the addition of the minimum.
/// </summary>
internal static class Sixteen
{
    /// <summary>Reads half precision.</summary>
    public static float Half(ReadOnlySpan<byte> source) => (float)BinaryPrimitives.ReadHalfLittleEndian(source);

    /// <summary>Reads 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(ReadOnlySpan<byte> source, int start) => Vector128.Create(source.Slice(start, 16));

    /// <summary>Bits 0 to 15 as bytes that are <paramref name="weight"/> or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Bits(uint bits, byte weight)
    {
        const ulong Each = 0x0101010101010101;
        Vector128<byte> spread = Vector128.Create((bits & 0xFF) * Each, ((bits >> 8) & 0xFF) * Each).AsByte();
        Vector128<byte> places = Vector128.Create(0x8040201008040201UL).AsByte();
        return Vector128.Equals(spread & places, places) & Vector128.Create(weight);
    }

    /// <summary>Bytes that are <paramref name="weight"/> where the byte has the bit <paramref name="bit"/>, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Bit(Vector128<byte> bytes, int bit, byte weight)
    {
        Vector128<byte> place = Vector128.Create((byte)(1 << bit));
        return Vector128.Equals(bytes & place, place) & Vector128.Create(weight);
    }

    /// <summary>target = scale * numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<sbyte> numbers, float scale, Span<float> target, int start)
    {
        ref float to = ref MemoryMarshal.GetReference(target.Slice(start, 16));
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(numbers);
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low);
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(high);
        Vector128<float> s = Vector128.Create(scale);
        (Vector128.ConvertToSingle(a) * s).StoreUnsafe(ref to);
        (Vector128.ConvertToSingle(b) * s).StoreUnsafe(ref to, 4);
        (Vector128.ConvertToSingle(c) * s).StoreUnsafe(ref to, 8);
        (Vector128.ConvertToSingle(d) * s).StoreUnsafe(ref to, 12);
    }

    /// <summary>target = scale * numbers + minimum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<sbyte> numbers, float scale, float minimum, Span<float> target, int start)
    {
        ref float to = ref MemoryMarshal.GetReference(target.Slice(start, 16));
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(numbers);
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low);
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(high);
        Vector128<float> s = Vector128.Create(scale), m = Vector128.Create(minimum);
        ((Vector128.ConvertToSingle(a) * s) + m).StoreUnsafe(ref to);
        ((Vector128.ConvertToSingle(b) * s) + m).StoreUnsafe(ref to, 4);
        ((Vector128.ConvertToSingle(c) * s) + m).StoreUnsafe(ref to, 8);
        ((Vector128.ConvertToSingle(d) * s) + m).StoreUnsafe(ref to, 12);
    }
}
