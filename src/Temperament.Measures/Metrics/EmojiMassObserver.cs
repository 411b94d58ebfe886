using Temperament.Measures.Emoji;
using Temperament.Models.Generation;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Measures.Metrics;

/// <summary>
/// Watches generation and records how probable an emoji was at each step, at temperature 1 whatever the answers are drawn with: rare emoji
/// are seen long before a sample shows one.
/// </summary>
public sealed class EmojiMassObserver : IGenerationObserver
{
    private readonly ComputePool _pool;
    private readonly EmojiTokens _tokens;
    private readonly Tensor _logits;
    private readonly Tensor _sum = Tensor.Zeros(1, 1);
    private readonly Dictionary<int, List<double>> _logMasses = [];

    /// <summary>Makes an observer for one run of the generator.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="tokens">The tokens that begin an emoji; at least one.</param>
    /// <param name="vocabularySize">Number of logits, V.</param>
    /// <exception cref="ArgumentException">No token begins an emoji.</exception>
    public EmojiMassObserver(ComputePool pool, EmojiTokens tokens, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Ids.Count == 0)
        {
            throw new ArgumentException("No token of the vocabulary begins an emoji, so that it has no probability.", nameof(tokens));
        }

        _pool = pool;
        _tokens = tokens;
        _logits = Tensor.Zeros(1, vocabularySize);
    }

    /// <inheritdoc/>
    public void Step(int prompt, int step, ReadOnlySpan<float> logits, int chosen)
    {
        logits.CopyTo(_logits.Row(0));
        Softmax.LogSumExp(_pool, _sum, _logits);
        if (!_logMasses.TryGetValue(prompt, out List<double>? masses))
        {
            _logMasses.Add(prompt, masses = []);
        }

        masses.Add(TokenMass.Log(logits, _sum[0, 0], _tokens.Ids));
    }

    /// <summary>What was recorded.</summary>
    /// <param name="prompts">Number of prompts that were answered.</param>
    /// <returns>One record per prompt; without a step where nothing was generated.</returns>
    public IReadOnlyList<EmojiMass> Masses(int prompts) =>
        [.. Enumerable.Range(0, prompts).Select(i => new EmojiMass(_logMasses.TryGetValue(i, out List<double>? masses) ? [.. masses] : []))];
}
