namespace Temperament.Models.Generation;

/// <summary>
/// How answers are drawn. From the logits to the token: <see cref="LogitBias"/>, <see cref="Banned"/> and <see cref="Constraint"/>,
/// <see cref="RepetitionPenalty"/>, <see cref="Temperature"/>, then the cuts <see cref="TopK"/>, <see cref="TopP"/> and <see cref="MinP"/>,
/// of which the narrowest holds.
/// </summary>
public sealed record GenerationOptions
{
    /// <summary>Most tokens that one answer may have.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Divides the logits; 0 always takes the likeliest token.</summary>
    public double Temperature { get; init; } = 0.7;

    /// <summary>Draws from the fewest likeliest tokens that reach this share of the probability, of that of the <see cref="TopK"/> tokens where
    /// they are set; 1 for all tokens. Holtzman et al. 2019, https://arxiv.org/abs/1904.09751.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Draws from this many likeliest tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Draws from the tokens whose probability is at least this share of the likeliest one's; 0 for all. Nguyen et al. 2024,
    /// https://arxiv.org/abs/2407.01082.</summary>
    public double MinP { get; init; }

    /// <summary>Divides the positive and multiplies the negative logits of tokens that the prompt or the answer already has; 1 for no change.
    /// Keskar et al. 2019, https://arxiv.org/abs/1909.05858.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>What is added to the logits of some tokens; null for nothing.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Tokens that are never drawn; null for none.</summary>
    public IReadOnlySet<int>? Banned { get; init; }

    /// <summary>What must not be written, by what was written so far; null for nothing.</summary>
    public ITokenConstraint? Constraint { get; init; }

    /// <summary>Texts that end an answer; null for none.</summary>
    public StopTexts? StopTexts { get; init; }

    /// <summary>Whether the answers carry the log-probabilities of their tokens.</summary>
    public bool LogProbabilities { get; init; }

    /// <summary>Seed of all answers; each prompt has a stream of its own.</summary>
    public long Seed { get; init; }

    /// <summary>Number of the first prompt, so that a list that is generated in parts draws the same answers as in one go.</summary>
    public int FirstPrompt { get; init; }

    /// <summary>Sequences that are generated side by side. It changes speed and memory, never an answer.</summary>
    public int BatchSize { get; init; } = 64;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxNewTokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Temperature);
        ArgumentOutOfRangeException.ThrowIfNegative(TopK);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(TopP);
        ArgumentOutOfRangeException.ThrowIfNegative(MinP);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MinP, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(RepetitionPenalty);
    }
}
