using System.Runtime.CompilerServices;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// Codes between the order of files, row after row, two a byte, and that of memory, <see cref="Nf4View"/>. Where rows are whole words, a word
/// moves as it is: sixteen rows of 64 words at a time, so that the lines that are written stay in the first cache until they are full.
/// </summary>
internal static unsafe class Nf4Order
{
    private const int Rows = 16;
    private const int Words = 64;

    // bitsandbytes fills the last byte of an odd number of codes up with a weight of zero.
    private const byte CodeOfZero = 7;

    /// <summary>Puts the codes of a file where kernels want them.</summary>
    /// <param name="view">Target.</param>
    /// <param name="codes">ceil(N*K / 2) bytes.</param>
    public static void Load(in Nf4View view, ReadOnlySpan<byte> codes) => Move(view, codes, default);

    /// <summary>Puts codes in the order of files.</summary>
    /// <param name="view">Source.</param>
    /// <param name="codes">ceil(N*K / 2) bytes, zeroed.</param>
    public static void Store(in Nf4View view, Span<byte> codes)
    {
        Move(view, default, codes);
        if ((long)view.Outputs * view.Inputs % 2 != 0)
        {
            codes[^1] |= CodeOfZero;
        }
    }

    private static void Move(in Nf4View view, ReadOnlySpan<byte> load, Span<byte> store)
    {
        fixed (byte* from = load, to = store)
        {
            for (int row = 0; row < view.Outputs; row += Rows)
            {
                for (int input = 0; input < view.Inputs; input += Words * Nf4View.WordCodes)
                {
                    int inputs = Math.Min(Words * Nf4View.WordCodes, view.Inputs - input);
                    for (int r = row; r < Math.Min(view.Outputs, row + Rows); r++)
                    {
                        long index = ((long)r * view.Inputs) + input;
                        if (view.Inputs % Nf4View.WordCodes == 0)
                        {
                            MoveWords(view.WordAt(r, input), from is null ? null : from + (index / 2), to is null ? null : to + (index / 2), inputs / Nf4View.WordCodes);
                        }
                        else
                        {
                            MoveCodes(view.WordAt(r, input), from, to, index, inputs);
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MoveWords(uint* words, byte* from, byte* to, int count)
    {
        for (int w = 0; w < count; w++)
        {
            if (to is null)
            {
                words[w * Nf4View.Band] = Unsafe.ReadUnaligned<uint>(from + (w * sizeof(uint)));
            }
            else
            {
                Unsafe.WriteUnaligned(to + (w * sizeof(uint)), words[w * Nf4View.Band]);
            }
        }
    }

    // A row that begins within a byte.
    private static void MoveCodes(uint* words, byte* from, byte* to, long index, int count)
    {
        for (int i = 0; i < count; i++, index++)
        {
            uint* word = words + (i / Nf4View.WordCodes * Nf4View.Band);
            int shift = Nf4View.Shift(i), half = index % 2 == 0 ? 4 : 0;
            if (to is null)
            {
                *word = (*word & ~(15u << shift)) | (((uint)from[index / 2] >> half) & 15) << shift;
            }
            else
            {
                to[index / 2] |= (byte)(((*word >> shift) & 15) << half);
            }
        }
    }
}
