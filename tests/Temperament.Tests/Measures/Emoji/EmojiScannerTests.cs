using Temperament.Measures.Emoji;
using Xunit;

namespace Temperament.Tests.Measures.Emoji;

public class EmojiScannerTests
{
    [Theory]
    [InlineData("😀", EmojiKind.Single)]
    [InlineData("❤️", EmojiKind.Presentation)]
    [InlineData("👍🏽", EmojiKind.Modifier)]
    [InlineData("👨‍👩‍👧‍👦", EmojiKind.ZeroWidthJoined)]
    [InlineData("👩‍👩", EmojiKind.ZeroWidthJoined)]
    [InlineData("🇫🇷", EmojiKind.Flag)]
    [InlineData("🇦🇦", EmojiKind.Flag)]
    [InlineData("5️⃣", EmojiKind.Keycap)]
    [InlineData("🏴󠁧󠁢󠁥󠁮󠁧󠁿", EmojiKind.Tag)]
    public void A_cluster_is_one_emoji_of_its_kind(string text, EmojiKind kind)
    {
        Assert.Equal([new EmojiMatch(2, text, kind)], EmojiScanner.Scan($"a {text} b"));
        Assert.Equal(3, EmojiScanner.Count(text + text + text));
    }

    [Theory]
    [InlineData("❤")]
    [InlineData("©")]
    [InlineData("😀︎")]
    [InlineData("5")]
    [InlineData("#️")]
    [InlineData("🇫")]
    [InlineData("a🏽")]
    [InlineData(":-)")]
    [InlineData("\ud83d")]
    public void Text_is_no_emoji(string text) => Assert.Empty(EmojiScanner.Scan(text));

    [Fact]
    public void A_skin_tone_alone_is_a_component_and_not_counted()
    {
        EmojiMatch match = Assert.Single(EmojiScanner.Scan("🏽"));

        Assert.Equal(EmojiKind.Component, match.Kind);
        Assert.False(EmojiScanner.Contains("🏽"));
    }

    [Fact]
    public void Removing_takes_emoji_and_leaves_every_other_character() =>
        Assert.Equal("I ❤ it  a lot!", EmojiScanner.Remove("I ❤ it 👍🏽 a lot!🎉"));
}
