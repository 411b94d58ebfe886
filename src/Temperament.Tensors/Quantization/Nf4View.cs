using System.Numerics;
using System.Runtime.CompilerServices;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// How NF4 weights lie in memory, by bare address; the <see cref="Nf4Matrix"/> keeps it alive.
/// <code>
/// band of 64 outputs:   word 0: o0 o1 o2 ... o63 | word 1: o0 o1 o2 ... o63 | ...     32 bits each
/// a word of an output:  8 neighbouring codes as bitsandbytes stores them, two a byte, the first in the high nibble
/// scales of the band:   block 0: o0 o1 o2 ... o63 | block 1: o0 ...                   8 or 32 bits each
/// </code>
/// So a register of sixteen words holds eight inputs of sixteen outputs, side by side, ready to be looked up and multiplied without any
/// shuffle, and a product with few rows reads memory in one stream. The last band is filled up with outputs that nobody stores.
/// Where a row is not whole blocks, the scales stay in the order of the flattened matrix.
/// </summary>
internal readonly unsafe struct Nf4View(
    uint* words, float* scales, byte* scaleCodes, float* nested, float offset, int outputs, int inputs)
{
    /// <summary>Outputs that lie side by side.</summary>
    public const int Band = 64;

    /// <summary>Rows that are packed together: a cache line of words.</summary>
    public const int PackedRows = 16;

    /// <summary>Codes of a word.</summary>
    public const int WordCodes = 8;

    private const int BlockSize = Nf4Matrix.BlockSize;

    /// <summary>All codes; null in an empty view.</summary>
    public uint* Words => words;

    /// <summary>8-bit codes of the scales; null where the scales are float32.</summary>
    public byte* ScaleCodes => scaleCodes;

    /// <summary>float32 scales; null where they are 8-bit codes.</summary>
    public float* Scales => scales;

    /// <summary>One scale for each 256 scale codes, in the order of the flattened matrix.</summary>
    public float* Nested => nested;

    /// <summary>Added to each scale that is an 8-bit code.</summary>
    public float Offset => offset;

    /// <summary>Rows of the matrix, N.</summary>
    public int Outputs => outputs;

    /// <summary>Columns of the matrix, K.</summary>
    public int Inputs => inputs;

    /// <summary>Words of an output; even, so that sixteen codes can be read from any multiple of sixteen on.</summary>
    public int RowWords => WordsOfRow(inputs);

    /// <summary>Blocks of a row, where rows are whole blocks.</summary>
    public int RowBlocks => inputs / BlockSize;

    /// <summary>True where each row is whole blocks.</summary>
    public bool RowsAreBlocks => inputs % BlockSize == 0;

    /// <summary>Blocks of the flattened matrix.</summary>
    public long Blocks => (((long)outputs * inputs) + BlockSize - 1) / BlockSize;

    /// <summary>Inputs after which the scale of some output may change: the largest power of two that divides both a block and a row.</summary>
    public int ScaleStep => RowsAreBlocks ? BlockSize : 1 << BitOperations.TrailingZeroCount(inputs);

    /// <summary>Words of an output of a matrix with so many columns.</summary>
    public static int WordsOfRow(int inputs) => ((inputs + (2 * WordCodes) - 1) / (2 * WordCodes)) * 2;

    /// <summary>Bands of a matrix with so many rows.</summary>
    public static int Bands(int outputs) => (outputs + Band - 1) / Band;

    /// <summary>The word that holds a weight; the next word of the same output is <see cref="Band"/> further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* WordAt(int output, int input) =>
        words + ((((nint)(output / Band) * RowWords) + (input / WordCodes)) * Band) + (output % Band);

    /// <summary>Where the scale of a block lies.</summary>
    /// <param name="block">Index of the block in the flattened matrix.</param>
    public nint ScaleAt(long block)
    {
        if (!RowsAreBlocks)
        {
            return (nint)block;
        }

        (long row, long column) = Math.DivRem(block, RowBlocks);
        return (nint)((((row / Band * RowBlocks) + column) * Band) + (row % Band));
    }

    /// <summary>The scale of a block as it reads: of 8-bit codes level * nested scale, rounded, plus the offset, rounded.</summary>
    /// <param name="block">Index of the block in the flattened matrix.</param>
    /// <param name="at">Where its scale lies.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Scale(long block, nint at) =>
        scaleCodes is null ? scales[at] : (Nf4Tables.Dynamic[scaleCodes[at]] * nested[block / Nf4Matrix.NestedBlockSize]) + offset;

    /// <summary>The scale of a weight.</summary>
    public float Scale(int output, int input)
    {
        long block = (((long)output * inputs) + input) / BlockSize;
        return Scale(block, ScaleAt(block));
    }

    /// <summary>Four bits that tell the level of a weight.</summary>
    public int Code(int output, int input) => (int)(*WordAt(output, input) >> Shift(input)) & 15;

    /// <summary>Where in its word a code stands: the high nibble of a byte before the low one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Shift(int input) => ((input % WordCodes) ^ 1) * 4;
}
