using Temperament.Measures.Emoji;
using Temperament.Measures.Statistics;
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
    private readonly SharedPrefixTokens? _shared;
    private readonly List<SharedStep> _sharedSteps = [];

    /// <summary>Makes an observer for one run of the generator.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="tokens">The tokens that begin an emoji; at least one.</param>
    /// <param name="vocabularySize">Number of logits, V.</param>
    /// <param name="shared">Tokens that begin emoji and other signs alike, to be followed afterwards; null for none.</param>
    /// <exception cref="ArgumentException">No token begins an emoji.</exception>
    public EmojiMassObserver(ComputePool pool, EmojiTokens tokens, int vocabularySize, SharedPrefixTokens? shared = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Ids.Count == 0)
        {
            throw new ArgumentException("No token of the vocabulary begins an emoji, so that it has no probability.", nameof(tokens));
        }

        _pool = pool;
        _tokens = tokens;
        _shared = shared;
        _logits = Tensor.Zeros(1, vocabularySize);
    }

    /// <summary>
    /// Steps at which a token was probable that begins emoji and other signs alike, <see cref="SharedMass.MostSteps"/> of an answer at most, in the
    /// order of prompts and then of probability.
    /// </summary>
    public IReadOnlyList<SharedStep> SharedSteps => [.. _sharedSteps.GroupBy(s => s.Prompt).OrderBy(answer => answer.Key).SelectMany(answer =>
        answer.OrderByDescending(s => s.Probability).ThenBy(s => s.Step).ThenBy(s => s.Token.Id).Take(SharedMass.MostSteps))];

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
        foreach (SharedPrefixToken token in _shared?.Tokens ?? [])
        {
            if (PortableMath.Exp(logits[token.Id] - _sum[0, 0]) is var probability && probability >= SharedMass.LeastProbability)
            {
                _sharedSteps.Add(new SharedStep(prompt, step, token, probability));
            }
        }
    }

    /// <summary>Adds what came of the followed tokens to the masses of their steps.</summary>
    /// <param name="masses">Probability of an emoji for each of <see cref="SharedSteps"/>.</param>
    public void Add(IReadOnlyList<double> masses)
    {
        ArgumentNullException.ThrowIfNull(masses);
        IReadOnlyList<SharedStep> steps = SharedSteps;
        ArgumentOutOfRangeException.ThrowIfNotEqual(masses.Count, steps.Count, nameof(masses));
        for (int i = 0; i < steps.Count; i++)
        {
            List<double> logs = _logMasses[steps[i].Prompt];
            double mass = PortableMath.Exp(logs[steps[i].Step]) + masses[i];
            logs[steps[i].Step] = mass > 0 ? Math.Min(0, PortableMath.Log(mass)) : double.NegativeInfinity;
        }
    }

    /// <summary>What was recorded.</summary>
    /// <param name="prompts">Number of prompts that were answered.</param>
    /// <returns>One record per prompt; without a step where nothing was generated.</returns>
    public IReadOnlyList<EmojiMass> Masses(int prompts) =>
        [.. Enumerable.Range(0, prompts).Select(i => new EmojiMass(_logMasses.TryGetValue(i, out List<double>? masses) ? [.. masses] : []))];
}
