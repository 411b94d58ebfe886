namespace Temperament.Models.Decoder;

/// <summary>How a checkpoint stretches its rotary frequencies, in the words of Hugging Face's <c>rope_scaling</c>.</summary>
public sealed record RopeScaling
{
    /// <summary>"linear", "dynamic", "yarn", "longrope" or "llama3".</summary>
    public required string Type { get; init; }

    /// <summary>How many times longer the context is.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Positions of the unstretched model; 0 where the file does not say.</summary>
    public int OriginalMaxPositions { get; init; }

    /// <summary>llama3: wavelengths above original / this are divided by the factor.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>llama3: wavelengths below original / this are left alone.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>yarn and longrope: multiplies cos and sin; null for the factor of the method.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>yarn: rotations at which the ramp ends; null for 32.</summary>
    public double? BetaFast { get; init; }

    /// <summary>yarn: rotations at which the ramp begins; null for 1.</summary>
    public double? BetaSlow { get; init; }

    /// <summary>yarn: numerator of the attention factor as DeepSeek writes it.</summary>
    public double? MScale { get; init; }

    /// <summary>yarn: denominator of the attention factor as DeepSeek writes it.</summary>
    public double? MScaleAllDimensions { get; init; }

    /// <summary>yarn: whether the ends of the ramp are rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>longrope: (E/2) divisors of the frequencies of sequences up to the original length.</summary>
    public IReadOnlyList<double> ShortFactors { get; init; } = [];

    /// <summary>longrope: (E/2) divisors of the frequencies of longer sequences.</summary>
    public IReadOnlyList<double> LongFactors { get; init; } = [];
}
