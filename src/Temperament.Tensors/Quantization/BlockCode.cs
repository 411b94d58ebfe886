using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// The block formats as files have them, and the way into a <see cref="BlockView"/>. A block of 32 weights is a scale, in Q4_1 and Q5_1 a minimum, in
/// Q5_0 and Q5_1 the 32 fifth bits, and 16 bytes whose low halves are weights 0 to 15 and whose high halves are 16 to 31; in Q8_0 32 signed bytes.
/// https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h
/// </summary>
internal static unsafe class BlockCode
{
    private const int Half = BlockView.BlockSize / 2;
    private const ushort Infinite = 0x7C00;

    private static readonly float* AroundEight = Nf4Tables.WithBytes([-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]);
    private static readonly float* FromZero = Nf4Tables.WithBytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    private static readonly float* Uneven = Nf4Tables.WithBytes([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]);

    /// <summary>Whether a format has blocks of this kind.</summary>
    public static bool IsBlocks(WeightFormat format) => format >= WeightFormat.Q40;

    /// <summary>Whether blocks have a minimum.</summary>
    public static bool HasMinimum(WeightFormat format) => format is WeightFormat.Q41 or WeightFormat.Q51;

    /// <summary>Whether weights are held in 4 bits; else in signed bytes.</summary>
    public static bool IsFourBits(WeightFormat format) => format is WeightFormat.Q40 or WeightFormat.Q41 or WeightFormat.Iq4Nl;

    /// <summary>Words of a block in memory.</summary>
    public static int WordsOfBlock(WeightFormat format) => IsFourBits(format) ? 4 : 8;

    /// <summary>Bytes of a block in memory.</summary>
    public static int HeldBytesOfBlock(WeightFormat format) => (WordsOfBlock(format) * sizeof(uint)) + (HasMinimum(format) ? 2 * sizeof(ushort) : sizeof(ushort));

    /// <summary>Bytes of a block in a file.</summary>
    public static int BytesOfBlock(WeightFormat format) =>
        sizeof(ushort) + (HasMinimum(format) ? sizeof(ushort) : 0) + (HasFifthBits(format) ? sizeof(uint) : 0) + (format == WeightFormat.Q80 ? 2 * Half : Half);

    /// <summary>What the codes of 4 bits stand for; null for bytes.</summary>
    public static float* LevelsOf(WeightFormat format) => format switch
    {
        WeightFormat.Q40 => AroundEight,
        WeightFormat.Q41 => FromZero,
        WeightFormat.Iq4Nl => Uneven,
        _ => null,
    };

    /// <summary>Lays out a row; false where a scale or a minimum is not finite.</summary>
    /// <param name="format">Format.</param>
    /// <param name="stored">Blocks of the row.</param>
    /// <param name="view">Matrix.</param>
    /// <param name="row">Row of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Store(WeightFormat format, ReadOnlySpan<byte> stored, in BlockView view, int row)
    {
        bool isFinite = true;
        int bytes = BytesOfBlock(format);
        for (int block = 0; block < view.RowBlocks; block++)
        {
            ReadOnlySpan<byte> from = stored.Slice(block * bytes, bytes);
            nint at = view.BlockAt(row, block);
            ushort scale = BinaryPrimitives.ReadUInt16LittleEndian(from);
            view.Scales[at] = scale;
            isFinite &= (scale & Infinite) != Infinite;
            from = from[sizeof(ushort)..];
            if (view.Minima is not null)
            {
                ushort minimum = BinaryPrimitives.ReadUInt16LittleEndian(from);
                view.Minima[at] = minimum;
                isFinite &= (minimum & Infinite) != Infinite;
                from = from[sizeof(ushort)..];
            }

            uint* words = view.WordAt(row, block);
            switch (format)
            {
                case WeightFormat.Q80:
                    for (int w = 0; w < 8; w++)
                    {
                        words[w * BlockView.Band] = BinaryPrimitives.ReadUInt32LittleEndian(from[(w * sizeof(uint))..]);
                    }

                    break;
                case WeightFormat.Q50 or WeightFormat.Q51:
                    StoreFive(BinaryPrimitives.ReadUInt32LittleEndian(from), from[sizeof(uint)..], format == WeightFormat.Q50 ? 16 : 0, words);
                    break;
                default:
                    // The nibbles of eight bytes, low ones and high ones apart, side by side.
                    for (int w = 0; w < 2; w++)
                    {
                        ulong eight = BinaryPrimitives.ReadUInt64LittleEndian(from[(w * sizeof(ulong))..]);
                        words[w * BlockView.Band] = LowNibbles(eight);
                        words[(w + 2) * BlockView.Band] = LowNibbles(eight >> 4);
                    }

                    break;
            }
        }

        return isFinite;
    }

    private static bool HasFifthBits(WeightFormat format) => format is WeightFormat.Q50 or WeightFormat.Q51;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LowNibbles(ulong bytes)
    {
        ulong pairs = bytes & 0x0F0F0F0F0F0F0F0F;
        pairs = (pairs | (pairs >> 4)) & 0x00FF00FF00FF00FF;
        pairs = (pairs | (pairs >> 8)) & 0x0000FFFF0000FFFF;
        return (uint)(pairs | (pairs >> 16));
    }

    private static void StoreFive(uint fifth, ReadOnlySpan<byte> pairs, int zero, uint* words)
    {
        for (int w = 0; w < 8; w++)
        {
            uint word = 0;
            for (int i = 0; i < 4; i++)
            {
                int input = (w * 4) + i, pair = pairs[input % Half];
                int number = ((input < Half ? pair & 15 : pair >> 4) | ((int)(fifth >> input & 1) << 4)) - zero;
                word |= (uint)(byte)number << (8 * i);
            }

            words[w * BlockView.Band] = word;
        }
    }
}
