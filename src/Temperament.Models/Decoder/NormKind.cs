namespace Temperament.Models.Decoder;

/// <summary>How rows are normalised.</summary>
public enum NormKind
{
    /// <summary>w x / rms(x).</summary>
    Rms,

    /// <summary>(1 + w) x / rms(x), as in Gemma.</summary>
    RmsOffset,

    /// <summary>w (x - mean) / deviation + b.</summary>
    Layer,
}
