using Temperament.Measures.Emoji;
using Temperament.Measures.Statistics;
using Temperament.Models.Decoder;

namespace Temperament.Measures.Metrics;

/// <summary>A step at which a token was probable that begins emoji and other signs alike.</summary>
/// <param name="Prompt">Number of the prompt.</param>
/// <param name="Step">Step of the answer, from 0.</param>
/// <param name="Token">The token.</param>
/// <param name="Probability">Its softmax probability at temperature 1.</param>
public sealed record SharedStep(int Prompt, int Step, SharedPrefixToken Token, double Probability);

/// <summary>
/// Follows tokens that begin emoji and other signs alike: the probability that an emoji comes of one is read from what the model expects behind
/// it, sign by sign until its bytes are whole.
/// </summary>
public static class SharedMass
{
    /// <summary>Tokens less probable than this are not followed, and count as no emoji; so are continuations.</summary>
    public const double LeastProbability = 1e-3;

    /// <summary>Most steps of one answer that are followed, the most probable ones; each costs a pass over prompt and answer.</summary>
    public const int MostSteps = 2;

    /// <summary>Probability of an emoji by way of each step's token.</summary>
    /// <param name="network">The network, with whatever adapter was on.</param>
    /// <param name="shared">The tokens of its vocabulary.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="context">Tokens before a step: prompt and answer up to there.</param>
    /// <returns>One probability for each step, at most its token's.</returns>
    public static IReadOnlyList<double> Follow(
        DecoderNetwork network, SharedPrefixTokens shared, IReadOnlyList<SharedStep> steps, Func<SharedStep, int[]> context)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(shared);
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(context);
        var masses = new double[steps.Count];
        List<Open> open = [.. steps.Select((step, i) => new Open(i, [.. context(step), step.Token.Id], step.Token.Pending, step.Probability))];
        while (open.Count > 0)
        {
            var next = new List<Open>();
            Open[] now = [.. open];
            LogitsPass.Run(network, [.. now.Select(o => o.Tokens)], [.. now.Select(o => o.Tokens.Length - 1)], (s, _, logits, logSumExp) =>
            {
                Continuation after = shared.After(now[s].Pending);
                masses[now[s].Step] += now[s].Probability * PortableMath.Exp(TokenMass.Log(logits, logSumExp, after.Completing));
                foreach (SharedPrefixToken token in after.Shared)
                {
                    double probability = now[s].Probability * PortableMath.Exp(logits[token.Id] - logSumExp);
                    if (probability >= LeastProbability)
                    {
                        next.Add(new Open(now[s].Step, [.. now[s].Tokens, token.Id], token.Pending, probability));
                    }
                }
            });
            open = next;
        }

        return masses;
    }

    private sealed record Open(int Step, int[] Tokens, byte[] Pending, double Probability);
}
