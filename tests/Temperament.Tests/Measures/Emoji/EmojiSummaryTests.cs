using Temperament.Measures.Emoji;
using Xunit;

namespace Temperament.Tests.Measures.Emoji;

public class EmojiSummaryTests
{
    [Fact]
    public void Rates_follow_from_the_answers()
    {
        EmojiSummary summary = EmojiSummary.Of(["Yes! 🎉🎉", "No.", "Hm 🎉🤔.", "🎉🎉🎉🎉🎉🎉"]);

        Assert.Equal((4, 3, 10, 1), (summary.Answers, summary.WithEmoji, summary.Emoji, summary.Floods));
        Assert.Equal([new EmojiCount("🎉", 9), new EmojiCount("🤔", 1)], summary.Distinct);
        Assert.Equal(0.75, summary.InstanceRate.Value.Estimate);
        Assert.Equal(2.5, summary.PerAnswer.Value);
        Assert.Equal(0.2, summary.TypeTokenRatio.Value);
    }

    [Fact]
    public void Nothing_to_count_is_missing_and_not_zero()
    {
        EmojiSummary none = EmojiSummary.Of([]);

        Assert.False(none.InstanceRate.HasValue);
        Assert.False(none.PerAnswer.HasValue);
        Assert.Equal("no emoji", EmojiSummary.Of(["No."]).TypeTokenRatio.Reason);
    }
}
