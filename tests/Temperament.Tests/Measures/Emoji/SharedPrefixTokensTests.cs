using Temperament.Measures.Emoji;
using Xunit;

namespace Temperament.Tests.Measures.Emoji;

public sealed class SharedPrefixTokensTests
{
    // E2 begins stars and dashes, E2 9C sparkles and ticks, F0 emojis and old scripts; what E3 begins is emoji only with U+FE0F.
    private static readonly string[] Vocabulary =
        ["61", "E2", "20E2", "E29C", "F0", "E3", "C3", "F09F", "A8", "9CA8", "80", "94", "9F9982", "9F", "909080", "A9", ""];

    private static readonly SharedPrefixTokens Tokens = new(Vocabulary.Length, id => Convert.FromHexString(Vocabulary[id]));

    [Fact]
    public void Beginnings_of_emoji_and_of_other_signs_are_found_with_and_without_a_space() =>
        Assert.Equal([1, 2, 3, 4], Tokens.Tokens.Select(token => token.Id));

    [Fact]
    public void What_completes_an_emoji_depends_on_the_bytes_before()
    {
        Assert.Equal(["9CA8"], Named(Tokens.After([0xE2]).Completing));
        Assert.Equal(["A8"], Named(Tokens.After([0xE2, 0x9C]).Completing));
        Assert.Equal(["9F9982", "9F"], Named(Tokens.After([0xF0]).Completing));
    }

    [Fact]
    public void What_stays_open_is_followed_with_all_its_bytes()
    {
        SharedPrefixTokens tokens = new(4, id => Convert.FromHexString(new[] { "E2", "9C", "80", "A8" }[id]));

        SharedPrefixToken open = Assert.Single(tokens.After([0xE2]).Shared);
        Assert.Equal(1, open.Id);
        Assert.Equal([0xE2, 0x9C], open.Pending);
        Assert.Equal([3], tokens.After(open.Pending).Completing);
    }

    private static IEnumerable<string> Named(IEnumerable<int> ids) => ids.Select(id => Vocabulary[id]);
}
