using Temperament.Measures.Statistics;

namespace Temperament.Measures.Emoji;

/// <summary>What a set of answers shows of emoji.</summary>
/// <param name="Answers">Number of answers.</param>
/// <param name="WithEmoji">Number of answers with at least one emoji.</param>
/// <param name="Emoji">Number of emoji in all answers; components are not counted.</param>
/// <param name="Floods">Number of answers with more than <see cref="FloodLimit"/> emoji.</param>
/// <param name="Distinct">Every emoji with its count, most frequent first; those of equal count in ordinal order.</param>
/// <param name="Sentences">The emoji-to-sentence ratio of all answers together.</param>
public sealed record EmojiSummary(
    int Answers,
    int WithEmoji,
    int Emoji,
    int Floods,
    IReadOnlyList<EmojiCount> Distinct,
    EmojiSentenceRatio Sentences)
{
    /// <summary>An answer with more emoji than this is a flood.</summary>
    public const int FloodLimit = 5;

    /// <summary>Share of answers with an emoji, with its 95 % Wilson interval: the number that arXiv 2409.10245 reports.</summary>
    public Measured<Interval> InstanceRate => ProportionInterval.Wilson(WithEmoji, Answers);

    /// <summary>Emoji per answer; missing without an answer.</summary>
    public Measured<double> PerAnswer => Answers == 0 ? new Missing("no answer") : (double)Emoji / Answers;

    /// <summary>Distinct emoji per emoji (type-token ratio); missing without an emoji.</summary>
    public Measured<double> TypeTokenRatio => Emoji == 0 ? new Missing("no emoji") : (double)Distinct.Count / Emoji;

    /// <summary>Counts the emoji of a set of answers.</summary>
    /// <param name="answers">The answers; an empty one is an answer without an emoji.</param>
    public static EmojiSummary Of(IReadOnlyCollection<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        int withEmoji = 0, floods = 0, total = 0;
        foreach (string answer in answers)
        {
            int here = 0;
            foreach (EmojiMatch match in EmojiScanner.Scan(answer))
            {
                if (match.IsEmoji)
                {
                    here++;
                    counts[match.Text] = counts.GetValueOrDefault(match.Text) + 1;
                }
            }

            total += here;
            withEmoji += here > 0 ? 1 : 0;
            floods += here > FloodLimit ? 1 : 0;
        }

        IReadOnlyList<EmojiCount> distinct =
        [
            .. counts.Select(pair => new EmojiCount(pair.Key, pair.Value))
                .OrderByDescending(count => count.Count)
                .ThenBy(count => count.Emoji, StringComparer.Ordinal),
        ];
        return new EmojiSummary(answers.Count, withEmoji, total, floods, distinct, EmojiSentenceRatio.Of(answers));
    }
}
