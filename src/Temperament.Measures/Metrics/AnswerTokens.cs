using Temperament.Models.Decoder;

namespace Temperament.Measures.Metrics;

/// <summary>An answer behind its prompt, as token ids: what a model is shown when its reading of a given text is measured.</summary>
/// <param name="Prompt">Ids of the conversation up to where the answer begins; at least one.</param>
/// <param name="Answer">Ids of the answer without its terminator.</param>
public sealed record AnswerTokens(int[] Prompt, int[] Answer)
{
    /// <summary>Prompt and answer together.</summary>
    public int[] All { get; } = [.. Prompt, .. Answer];

    /// <summary>The sequence with the answer's tokens as targets, for <see cref="Perplexity"/>.</summary>
    public TokenSequence AsTargets()
    {
        int[] targets = new int[All.Length];
        Array.Fill(targets, TokenBatch.NoTarget);
        for (int i = 0; i < Answer.Length; i++)
        {
            targets[Prompt.Length + i - 1] = Answer[i];
        }

        return new TokenSequence(All, targets);
    }
}
