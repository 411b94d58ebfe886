using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>A block of some outputs, and its scales.</summary>
/// <param name="words">First word of the block of the first output; the word of the next output follows it, that of the next eight inputs is a band further.</param>
/// <param name="outputs">Number of outputs.</param>
/// <param name="bandWords">Words between two bands of outputs.</param>
/// <param name="scales">Scale of the first output; that of the next output follows it.</param>
/// <param name="bandScales">Scales between two bands of outputs.</param>
/// <param name="levels"><see cref="Nf4Tables.Levels"/>.</param>
internal readonly unsafe struct MatMulNf4InputCodes(uint* words, int outputs, nint bandWords, float* scales, nint bandScales, float* levels)
{
    /// <summary>First word of the block of the first output.</summary>
    public uint* Words => words;

    /// <summary>Number of outputs.</summary>
    public int Outputs => outputs;

    /// <summary>Words between two bands of outputs.</summary>
    public nint BandWords => bandWords;

    /// <summary>Scale of the first output.</summary>
    public float* Scales => scales;

    /// <summary>Scales between two bands of outputs.</summary>
    public nint BandScales => bandScales;

    /// <summary>The levels of the codes.</summary>
    public float* Levels => levels;

    /// <summary>The second half of the block.</summary>
    public MatMulNf4InputCodes SecondHalf => new(words + (Nf4Matrix.BlockSize / 2 / Nf4View.WordCodes * Nf4View.Band), outputs, bandWords, scales, bandScales, levels);
}
