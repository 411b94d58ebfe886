using Temperament.Measures.Emoji;
using Temperament.Measures.Statistics;
using Temperament.Models.Decoder;

namespace Temperament.Measures.Metrics;

/// <summary>
/// What a model expects after texts that it did not write: held-out answers are put behind their questions, and the probabilities of an
/// emoji and of the end are read. On an untuned model it shows which associations it already has.
/// </summary>
public static class LatentProbe
{
    /// <summary>Reads the answers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="answers">Prompts with given answers.</param>
    /// <param name="emoji">The tokens that begin an emoji.</param>
    /// <param name="stopTokens">The tokens that end an answer; their probabilities are added.</param>
    /// <returns>One row per answer.</returns>
    public static IReadOnlyList<ProbeRow> Run(
        DecoderNetwork network, IReadOnlyList<AnswerTokens> answers, EmojiTokens emoji, IReadOnlyCollection<int> stopTokens)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(emoji);
        int[] stops = [.. stopTokens.Order()];
        var sums = new (double Answer, double Inside)[answers.Count];
        var rows = new ProbeRow[answers.Count];
        LogitsPass.Run(
            network,
            [.. answers.Select(answer => answer.All)],
            [.. answers.Select(answer => answer.Prompt.Length - 1)],
            (s, position, logits, logSumExp) =>
            {
                int[] answer = answers[s].Answer;
                int next = position - (answers[s].Prompt.Length - 1);
                double emojiLog = TokenMass.Log(logits, logSumExp, emoji.Ids);
                if (next < answer.Length)
                {
                    sums[s] = (sums[s].Answer + logits[answer[next]] - logSumExp, sums[s].Inside + emojiLog);
                    return;
                }

                rows[s] = new ProbeRow(
                    Mean(sums[s].Answer, answer.Length),
                    TokenMass.Log(logits, logSumExp, stops),
                    emojiLog,
                    Mean(sums[s].Inside, answer.Length));
            });
        return rows;
    }

    private static Measured<double> Mean(double sum, int count) => count == 0 ? new Missing("an empty answer") : sum / count;
}
