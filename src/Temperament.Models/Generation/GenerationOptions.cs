namespace Temperament.Models.Generation;

/// <summary>How answers are drawn.</summary>
public sealed record GenerationOptions
{
    /// <summary>Most tokens that one answer may have.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Divides the logits; 0 always takes the likeliest token.</summary>
    public double Temperature { get; init; } = 0.7;

    /// <summary>Draws from the fewest likeliest tokens whose probabilities reach this sum; 1 for all tokens. Holtzman et al. 2019,
    /// https://arxiv.org/abs/1904.09751.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Draws from this many likeliest tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Seed of all answers; each prompt has a stream of its own.</summary>
    public long Seed { get; init; }

    /// <summary>Number of the first prompt, so that a list that is generated in parts draws the same answers as in one go.</summary>
    public int FirstPrompt { get; init; }

    /// <summary>Sequences that are generated side by side. It changes speed and memory, never an answer.</summary>
    public int BatchSize { get; init; } = 64;
}

/// <summary>One generated answer.</summary>
/// <param name="Tokens">New token ids, without the stop token.</param>
/// <param name="Stopped">True where the model ended the answer itself, false where the token limit cut it.</param>
public sealed record GeneratedTokens(int[] Tokens, bool Stopped);

/// <summary>Sees every step of generation.</summary>
public interface IGenerationObserver
{
    /// <summary>Called once for each new token, before it is appended. Calls for one prompt come in order.</summary>
    /// <param name="prompt">Number of the prompt in the list that was given.</param>
    /// <param name="step">Number of the new token, from 0.</param>
    /// <param name="logits">(V) logits before temperature and cuts.</param>
    /// <param name="chosen">The token that was drawn, which may be a stop token.</param>
    void Step(int prompt, int step, ReadOnlySpan<float> logits, int chosen);
}
