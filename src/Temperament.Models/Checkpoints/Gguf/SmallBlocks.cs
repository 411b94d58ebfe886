using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Scale, 16 bytes: the low halves are weights 0 to 15, the high halves 16 to 31; 8 stands for 0.</summary>
internal readonly struct Q40 : IGgufBlock
{
    public static int Weights => 32;

    public static int Bytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block);
        Vector128<byte> packed = Sixteen.Load(block, 2), eight = Vector128.Create((byte)8);
        Sixteen.Store(((packed & Vector128.Create((byte)15)) - eight).AsSByte(), scale, target, 0);
        Sixteen.Store(((packed >>> 4) - eight).AsSByte(), scale, target, 16);
    }
}

/// <summary>Scale, minimum, 16 bytes as in <see cref="Q40"/>, from 0.</summary>
internal readonly struct Q41 : IGgufBlock
{
    public static int Weights => 32;

    public static int Bytes => 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block), minimum = Sixteen.Half(block[2..]);
        Vector128<byte> packed = Sixteen.Load(block, 4);
        Sixteen.Store((packed & Vector128.Create((byte)15)).AsSByte(), scale, minimum, target, 0);
        Sixteen.Store((packed >>> 4).AsSByte(), scale, minimum, target, 16);
    }
}

/// <summary>Scale, 32 fifth bits, 16 bytes as in <see cref="Q40"/>; 16 stands for 0.</summary>
internal readonly struct Q50 : IGgufBlock
{
    public static int Weights => 32;

    public static int Bytes => 22;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block);
        uint bits = BinaryPrimitives.ReadUInt32LittleEndian(block[2..]);
        Vector128<byte> packed = Sixteen.Load(block, 6), sixteen = Vector128.Create((byte)16);
        Vector128<byte> low = (packed & Vector128.Create((byte)15)) | Sixteen.Bits(bits, 16);
        Vector128<byte> high = (packed >>> 4) | Sixteen.Bits(bits >> 16, 16);
        Sixteen.Store((low - sixteen).AsSByte(), scale, target, 0);
        Sixteen.Store((high - sixteen).AsSByte(), scale, target, 16);
    }
}

/// <summary>Scale, minimum, 32 fifth bits, 16 bytes as in <see cref="Q40"/>, from 0.</summary>
internal readonly struct Q51 : IGgufBlock
{
    public static int Weights => 32;

    public static int Bytes => 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block), minimum = Sixteen.Half(block[2..]);
        uint bits = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        Vector128<byte> packed = Sixteen.Load(block, 8);
        Vector128<byte> low = (packed & Vector128.Create((byte)15)) | Sixteen.Bits(bits, 16);
        Vector128<byte> high = (packed >>> 4) | Sixteen.Bits(bits >> 16, 16);
        Sixteen.Store(low.AsSByte(), scale, minimum, target, 0);
        Sixteen.Store(high.AsSByte(), scale, minimum, target, 16);
    }
}

/// <summary>Scale, 32 signed bytes.</summary>
internal readonly struct Q80 : IGgufBlock
{
    public static int Weights => 32;

    public static int Bytes => 34;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        float scale = Sixteen.Half(block);
        Sixteen.Store(Sixteen.Load(block, 2).AsSByte(), scale, target, 0);
        Sixteen.Store(Sixteen.Load(block, 18).AsSByte(), scale, target, 16);
    }
}

/// <summary>Scale, 16 bytes as in <see cref="Q40"/>: places in a table of 16 levels.</summary>
internal readonly struct Iq4Nl : IGgufBlock
{
    public static int Weights => 32;

    public static int Bytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(ReadOnlySpan<byte> block, Span<float> target)
    {
        Vector128<sbyte> levels = Vector128.Create(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
        float scale = Sixteen.Half(block);
        Vector128<byte> packed = Sixteen.Load(block, 2);
        Sixteen.Store(Vector128.Shuffle(levels, (packed & Vector128.Create((byte)15)).AsSByte()), scale, target, 0);
        Sixteen.Store(Vector128.Shuffle(levels, (packed >>> 4).AsSByte()), scale, target, 16);
    }
}
