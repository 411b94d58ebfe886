using Temperament.Tensors.Random;

namespace Temperament.Models.Generation;

/// <summary>An answer that is being generated.</summary>
internal sealed class Sequence
{
    private readonly GenerationOptions _options;
    private readonly StopTexts.Watch? _stops;
    private readonly List<double>? _logProbabilities;

    public Sequence(int number, int slot, int[] prompt, GenerationOptions options)
    {
        (Number, Slot, Prompt, _options) = (number, slot, prompt, options);
        Random = new RandomStream(options.Seed, $"generate/{options.FirstPrompt + number}");
        Constraint = options.Constraint?.Begin();
        _stops = options.StopTexts?.Begin();
        _logProbabilities = options.LogProbabilities ? [] : null;
        Seen = options.RepetitionPenalty != 1 ? [.. prompt] : [];
    }

    /// <summary>Number of the prompt in the list.</summary>
    public int Number { get; }

    /// <summary>Slot of the cache.</summary>
    public int Slot { get; }

    /// <summary>The prompt.</summary>
    public int[] Prompt { get; }

    /// <summary>The new tokens.</summary>
    public List<int> Tokens { get; } = [];

    /// <summary>Where its draws come from.</summary>
    public RandomStream Random { get; }

    /// <summary>The constraint so far; null for none.</summary>
    public ITokenConstraintState? Constraint { get; }

    /// <summary>Tokens of the prompt and of the answer, where a penalty needs them.</summary>
    public HashSet<int> Seen { get; }

    /// <summary>The answer, once it has ended.</summary>
    public GeneratedTokens? Answer { get; private set; }

    /// <summary>Takes the next token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="isStop">Whether it ends the answer.</param>
    /// <param name="logits">(V) logits of the model.</param>
    public void Append(int token, bool isStop, ReadOnlySpan<float> logits)
    {
        string? stopText = null;
        if (!isStop)
        {
            Tokens.Add(token);
            _logProbabilities?.Add(LogProbability(logits, token));
            Constraint?.Append(token);
            stopText = _stops?.Append(token);
            if (_options.RepetitionPenalty != 1)
            {
                Seen.Add(token);
            }
        }

        if (isStop || stopText is not null || Tokens.Count == _options.MaxNewTokens)
        {
            Answer = new GeneratedTokens([.. Tokens], isStop || stopText is not null, stopText, _logProbabilities?.ToArray());
        }
    }

    private static double LogProbability(ReadOnlySpan<float> logits, int token)
    {
        double most = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            most = Math.Max(most, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - most);
        }

        return logits[token] - most - Math.Log(sum);
    }
}
