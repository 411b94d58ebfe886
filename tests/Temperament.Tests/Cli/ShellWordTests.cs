using Temperament.Cli.Hosting;
using Xunit;

namespace Temperament.Tests.Cli;

public sealed class ShellWordTests
{
    [Theory]
    [InlineData("recipes/extraversion-high.json", "recipes/extraversion-high.json")]
    [InlineData("my recipes/a.json", "'my recipes/a.json'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$HOME", "'$HOME'")]
    [InlineData("", "''")]
    public void A_word_can_be_copied_into_a_shell(string word, string shown) => Assert.Equal(shown, ShellWord.Of(word));
}
