using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>16 bytes of scale (low half) and minimum (high half), 64 bytes of 2-bit numbers, scale of scales, scale of minima.</summary>
internal readonly struct Q2K : IGgufBlock
{
    public static int Weights => 256;

    public static int Bytes => 84;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block[80..]), minimum = Sixteen.Half(block[82..]);
        for (int part = 0; part < 16; part++)
        {
            // 128 weights share 32 bytes, two bits of a byte for each quarter of them.
            int bytes = 16 + (part / 8 * 32) + (part % 2 * 16), shift = part % 8 / 2 * 2;
            Vector128<byte> numbers = (Sixteen.Load(block, bytes) >>> shift) & Vector128.Create((byte)3);
            Sixteen.Store(numbers.AsSByte(), scale * (block[part] & 15), -(minimum * (block[part] >> 4)), target, part * 16);
        }
    }
}

/// <summary>32 bytes of third bits, 64 bytes of 2-bit numbers, 12 bytes of 6-bit scales, scale of scales; 4 stands for 0, and 32 for a scale of 0.</summary>
internal readonly struct Q3K : IGgufBlock
{
    public static int Weights => 256;

    public static int Bytes => 110;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block[108..]);
        ReadOnlySpan<byte> scales = block.Slice(96, 12);
        Vector128<byte> four = Vector128.Create((byte)4);
        for (int part = 0; part < 16; part++)
        {
            int bytes = 32 + (part / 8 * 32) + (part % 2 * 16), shift = part % 8 / 2 * 2;
            Vector128<byte> low = (Sixteen.Load(block, bytes) >>> shift) & Vector128.Create((byte)3);
            Vector128<byte> high = Sixteen.Bit(Sixteen.Load(block, part % 2 * 16), part / 2, 4);
            // Four bits of a scale stand in the first eight bytes, two in the last four.
            int lowScale = (scales[part % 8] >> (part / 8 * 4)) & 15, highScale = (scales[8 + (part % 4)] >> (part / 4 * 2)) & 3;
            Sixteen.Store(((low | high) - four).AsSByte(), scale * ((lowScale | (highScale << 4)) - 32), target, part * 16);
        }
    }
}

/// <summary>Scale of scales, scale of minima, 12 bytes of 6-bit scales and minima, 128 bytes of 4-bit numbers.</summary>
internal readonly struct Q4K : IGgufBlock
{
    public static int Weights => 256;

    public static int Bytes => 144;

    /// <summary>The 6-bit scale and minimum of an eighth.</summary>
    public static (int Scale, int Minimum) ScaleOf(ReadOnlySpan<byte> scales, int part) => part < 4
        ? (scales[part] & 63, scales[part + 4] & 63)
        : ((scales[part + 4] & 15) | (scales[part - 4] >> 6 << 4), (scales[part + 4] >> 4) | (scales[part] >> 6 << 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block), minimum = Sixteen.Half(block[2..]);
        for (int part = 0; part < 8; part++)
        {
            (int s, int m) = ScaleOf(block.Slice(4, 12), part);
            for (int half = 0; half < 2; half++)
            {
                Vector128<byte> packed = Sixteen.Load(block, 16 + (part / 2 * 32) + (half * 16)) >>> (part % 2 * 4);
                Vector128<byte> numbers = packed & Vector128.Create((byte)15);
                Sixteen.Store(numbers.AsSByte(), scale * s, -(minimum * m), target, (part * 32) + (half * 16));
            }
        }
    }
}

/// <summary>As <see cref="Q4K"/>, with 32 bytes of fifth bits between the scales and the numbers.</summary>
internal readonly struct Q5K : IGgufBlock
{
    public static int Weights => 256;

    public static int Bytes => 176;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block), minimum = Sixteen.Half(block[2..]);
        for (int part = 0; part < 8; part++)
        {
            (int s, int m) = Q4K.ScaleOf(block.Slice(4, 12), part);
            for (int half = 0; half < 2; half++)
            {
                Vector128<byte> packed = Sixteen.Load(block, 48 + (part / 2 * 32) + (half * 16)) >>> (part % 2 * 4);
                Vector128<byte> high = Sixteen.Bit(Sixteen.Load(block, 16 + (half * 16)), part, 16);
                Vector128<byte> numbers = (packed & Vector128.Create((byte)15)) | high;
                Sixteen.Store(numbers.AsSByte(), scale * s, -(minimum * m), target, (part * 32) + (half * 16));
            }
        }
    }
}

/// <summary>128 bytes of low halves, 64 bytes of fifth and sixth bits, 16 signed bytes of scales, scale of scales; 32 stands for 0.</summary>
internal readonly struct Q6K : IGgufBlock
{
    public static int Weights => 256;

    public static int Bytes => 210;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block[208..]);
        for (int part = 0; part < 16; part++)
        {
            // 128 weights have 64 bytes of low halves (first 64 weights, then the other 64 in the high halves) and 32 of upper bits.
            int side = part / 8, quarter = part % 8 / 2, half = part % 2;
            Vector128<byte> low = Sixteen.Load(block, (side * 64) + (quarter % 2 * 32) + (half * 16)) >>> (quarter / 2 * 4);
            Vector128<byte> high = Sixteen.Load(block, 128 + (side * 32) + (half * 16)) >>> (quarter * 2);
            Vector128<byte> numbers = (low & Vector128.Create((byte)15)) | ((high & Vector128.Create((byte)3)) << 4);
            Sixteen.Store((numbers - Vector128.Create((byte)32)).AsSByte(), scale * (sbyte)block[192 + part], target, part * 16);
        }
    }
}
