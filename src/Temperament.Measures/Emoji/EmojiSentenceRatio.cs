using Temperament.Measures.Statistics;

namespace Temperament.Measures.Emoji;

/// <summary>
/// The emoji-to-sentence ratio of one or more texts, in both readings, since arXiv 2409.10245 does not say which it means:
/// sentences with an emoji per sentence, and emoji per sentence.
/// </summary>
/// <param name="Sentences">Number of sentences, S.</param>
/// <param name="WithEmoji">Number of sentences with at least one emoji, W.</param>
/// <param name="Emoji">Number of emoji, E; components are not counted.</param>
public readonly record struct EmojiSentenceRatio(int Sentences, int WithEmoji, int Emoji)
{
    /// <summary>First reading, W / S; missing without a sentence.</summary>
    public Measured<double> ShareOfSentences => Sentences == 0 ? new Missing("no sentence") : (double)WithEmoji / Sentences;

    /// <summary>Second reading, E / S; missing without a sentence.</summary>
    public Measured<double> EmojiPerSentence => Sentences == 0 ? new Missing("no sentence") : (double)Emoji / Sentences;

    /// <summary>The counts of one text.</summary>
    /// <param name="text">Any text.</param>
    public static EmojiSentenceRatio Of(string text)
    {
        IReadOnlyList<Sentence> sentences = SentenceSplitter.Split(text);
        return new EmojiSentenceRatio(
            sentences.Count,
            sentences.Count(sentence => sentence.Emoji > 0),
            sentences.Sum(sentence => sentence.Emoji));
    }

    /// <summary>The counts of many texts together: long texts weigh more.</summary>
    /// <param name="texts">Any texts.</param>
    public static EmojiSentenceRatio Of(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return texts.Select(Of).Aggregate(
            default(EmojiSentenceRatio),
            (sum, one) => new(sum.Sentences + one.Sentences, sum.WithEmoji + one.WithEmoji, sum.Emoji + one.Emoji));
    }
}
