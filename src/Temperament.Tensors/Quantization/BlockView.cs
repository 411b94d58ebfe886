using System.Runtime.CompilerServices;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// How the weights of a <see cref="BlockMatrix"/> lie in memory, by bare address; the matrix keeps them alive.
/// <code>
/// band of 64 outputs:   word 0: o0 o1 o2 ... o63 | word 1: o0 o1 o2 ... o63 | ...     32 bits each
/// a word of an output:  8 neighbouring inputs in 4 bits each, or 4 of them in 8, the first in the lowest bits
/// scales of the band:   block 0: o0 o1 o2 ... o63 | block 1: o0 ...                   half precision, a block is 32 inputs
/// minima of the band:   as the scales, where the format has them
/// </code>
/// So a register of sixteen words holds neighbouring inputs of sixteen outputs, as <see cref="Nf4View"/> has them, and a product with few rows reads
/// memory in streams. The last band is filled up with outputs of zeros that nobody stores.
/// </summary>
internal readonly unsafe struct BlockView(uint* words, ushort* scales, ushort* minima, float* levels, int outputs, int inputs)
{
    /// <summary>Outputs that lie side by side.</summary>
    public const int Band = 64;

    /// <summary>Inputs that share a scale.</summary>
    public const int BlockSize = 32;

    /// <summary>All words; null in an empty view.</summary>
    public uint* Words => words;

    /// <summary>Scales.</summary>
    public ushort* Scales => scales;

    /// <summary>What is added to each weight of a block; null where the format has nothing of the kind.</summary>
    public ushort* Minima => minima;

    /// <summary>What the codes of 4 bits stand for, as <see cref="Nf4Tables.Levels"/> are laid out; null where the words hold signed bytes.</summary>
    public float* Levels => levels;

    /// <summary>Rows of the matrix, N.</summary>
    public int Outputs => outputs;

    /// <summary>Columns of the matrix, K: whole blocks.</summary>
    public int Inputs => inputs;

    /// <summary>Blocks of a row.</summary>
    public int RowBlocks => inputs / BlockSize;

    /// <summary>Inputs of a word.</summary>
    public int WordInputs => levels is null ? 4 : 8;

    /// <summary>Words of a block.</summary>
    public int BlockWords => BlockSize / WordInputs;

    /// <summary>Bands of a matrix with so many rows.</summary>
    public static int Bands(int outputs) => (outputs + Band - 1) / Band;

    /// <summary>First word of a block; the next word of the same output is <see cref="Band"/> further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* WordAt(int output, int block) => words + (BlockAt(output, block) * BlockWords) - ((BlockWords - 1) * (output % Band));

    /// <summary>Where the scale and the minimum of a block lie.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint BlockAt(int output, int block) => ((((nint)(output / Band) * RowBlocks) + block) * Band) + (output % Band);

    /// <summary>One weight: number times scale, which is exact, plus the minimum, rounded once.</summary>
    public float Weight(int output, int input)
    {
        nint at = BlockAt(output, input / BlockSize);
        int within = input % BlockSize, bits = 32 / WordInputs;
        int code = (int)(WordAt(output, input / BlockSize)[within / WordInputs * Band] >> (within % WordInputs * bits));
        float number = levels is null ? (sbyte)code : levels[code & 15], product = number * F16.Widen(scales[at]);
        return minima is null ? product : product + F16.Widen(minima[at]);
    }
}
