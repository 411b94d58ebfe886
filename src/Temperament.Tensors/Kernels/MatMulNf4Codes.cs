using System.Numerics;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>Some inputs of the outputs of a band, and their scales.</summary>
/// <param name="words">First word of the first output; the next word is a band further.</param>
/// <param name="count">Words of an output.</param>
/// <param name="scales">Scales of the outputs; the next column of them is a band further.</param>
/// <param name="scaleWords">Words that share a scale; a power of two.</param>
/// <param name="levels"><see cref="Nf4Tables.Levels"/>.</param>
internal readonly unsafe struct MatMulNf4Codes(uint* words, int count, float* scales, int scaleWords, float* levels)
{
    /// <summary>First word of the first output; the next word is a band further.</summary>
    public uint* Words => words;

    /// <summary>Words of an output.</summary>
    public int Count => count;

    /// <summary>Scales of the outputs; the next column of them is a band further.</summary>
    public float* Scales => scales;

    /// <summary>Column of the scale of word w: w shifted right by this.</summary>
    public int ScaleShift => BitOperations.TrailingZeroCount(scaleWords);

    /// <summary>The levels of the codes.</summary>
    public float* Levels => levels;

    /// <summary>The same inputs from a later output of the band on.</summary>
    /// <param name="output">Its place in the band; a multiple of 16.</param>
    public MatMulNf4Codes From(int output) => new(words + output, count, scales + output, scaleWords, levels);
}
