using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>The formats that are written: F32, F16, BF16 and Q8_0.</summary>
internal static class GgufEncoding
{
    private const int Block = 32, BlockBytes = 34;

    /// <summary>Bytes of a row.</summary>
    public static int RowBytes(GgufType type, int columns) => type switch
    {
        GgufType.F32 => checked(columns * 4),
        GgufType.F16 or GgufType.Bf16 => checked(columns * 2),
        GgufType.Q80 when columns % Block == 0 => columns / Block * BlockBytes,
        _ => throw new ArgumentOutOfRangeException(nameof(type), $"Rows of {columns} are not written as {type}."),
    };

    /// <summary>Writes a row.</summary>
    public static void Encode(GgufType type, ReadOnlySpan<float> row, Span<byte> target)
    {
        switch (type)
        {
            case GgufType.F32:
                MemoryMarshal.AsBytes(row).CopyTo(target);
                break;
            case GgufType.F16:
                Tensors.Quantization.F16.Narrow(row, target);
                break;
            case GgufType.Bf16:
                Tensors.Quantization.Bf16.Narrow(row, target);
                break;
            default:
                for (int i = 0; i < row.Length / Block; i++)
                {
                    EncodeQ80(row.Slice(i * Block, Block), target.Slice(i * BlockBytes, BlockBytes));
                }

                break;
        }
    }

    // scale = largest / 127 in half precision; numbers are x * (1 / unrounded scale) to the nearest, halves away from zero.
    private static void EncodeQ80(ReadOnlySpan<float> block, Span<byte> target)
    {
        float largest = 0;
        foreach (float x in block)
        {
            largest = Math.Max(largest, Math.Abs(x));
        }

        float scale = largest / 127, reciprocal = scale != 0 ? 1 / scale : 0;
        BinaryPrimitives.WriteHalfLittleEndian(target, (Half)scale);
        for (int i = 0; i < block.Length; i++)
        {
            target[2 + i] = (byte)(sbyte)MathF.Round(block[i] * reciprocal, MidpointRounding.AwayFromZero);
        }
    }
}
