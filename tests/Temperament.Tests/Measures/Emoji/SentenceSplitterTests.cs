using Temperament.Measures.Emoji;
using Xunit;

namespace Temperament.Tests.Measures.Emoji;

public class SentenceSplitterTests
{
    [Theory]
    [InlineData("I love it! 😀 You should too.", "I love it! 😀|You should too.")]
    [InlineData("Wow!😀wow", "Wow!😀wow")]
    [InlineData("Pi is 3.14.", "Pi is 3.14.")]
    [InlineData("Text.\n😀\nMore.", "Text. 😀|More.")]
    [InlineData("天气很好。我们去", "天气很好。|我们去")]
    [InlineData("... and so on", "and so on")]
    [InlineData("!!!", "")]
    public void Sentences_end_as_the_rules_say(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', SentenceSplitter.Split(text).Select(sentence => sentence.Text)));

    [Fact]
    public void Both_ratios_count_sentences_and_emoji()
    {
        EmojiSentenceRatio ratio = EmojiSentenceRatio.Of(["Great! 🎉🎉 Really.", "No."]);

        Assert.Equal(new EmojiSentenceRatio(3, 1, 2), ratio);
        Assert.Equal(1.0 / 3, ratio.ShareOfSentences.Value);
        Assert.Equal(2.0 / 3, ratio.EmojiPerSentence.Value);
    }

    [Fact]
    public void A_ratio_without_a_sentence_is_missing() =>
        Assert.Equal("no sentence", EmojiSentenceRatio.Of("...").ShareOfSentences.Reason);
}
