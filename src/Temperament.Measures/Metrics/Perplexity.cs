using Temperament.Measures.Statistics;
using Temperament.Models.Decoder;

namespace Temperament.Measures.Metrics;

/// <summary>How surprised a model is by given text: exp of the mean -ln p per target token. All tokens of all texts weigh the same.</summary>
/// <param name="Tokens">Number of target tokens.</param>
/// <param name="NegativeLogLikelihood">Sum of -ln p over them, in nats.</param>
public sealed record Perplexity(int Tokens, double NegativeLogLikelihood)
{
    private const int MostRows = 1024;

    /// <summary>exp(mean); missing without a target.</summary>
    public Measured<double> Value => Mean.Select(PortableMath.Exp);

    /// <summary>Mean -ln p per token, in nats; missing without a target.</summary>
    public Measured<double> Mean => Tokens == 0 ? new Missing("no token to predict") : NegativeLogLikelihood / Tokens;

    /// <summary>Scores sequences with targets.</summary>
    /// <param name="network">The network.</param>
    /// <param name="sequences">Sequences with their targets.</param>
    public static Perplexity Of(DecoderNetwork network, IReadOnlyList<TokenSequence> sequences)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(sequences);
        using var state = new DecoderState(keepsActivations: false);
        int tokens = 0;
        double sum = 0;
        for (int start = 0; start < sequences.Count;)
        {
            int end = start, rows = 0;
            while (end < sequences.Count && (end == start || rows + sequences[end].Tokens.Length <= MostRows))
            {
                rows += sequences[end++].Tokens.Length;
            }

            TokenBatch batch = TokenBatch.From([.. sequences.Skip(start).Take(end - start)]);
            foreach (float loss in LanguageLoss.Score(network, batch, state))
            {
                sum += loss;
            }

            tokens += batch.TargetCount;
            start = end;
        }

        return new Perplexity(tokens, sum);
    }

    /// <summary>A text each of whose tokens but the first is to be predicted.</summary>
    /// <param name="tokens">Token ids of the text.</param>
    public static TokenSequence WholeText(int[] tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return new TokenSequence(tokens, [.. tokens.Skip(1), TokenBatch.NoTarget]);
    }
}
