using Temperament.Models.Text.Normalizing;
using Xunit;

namespace Temperament.Tests.Models.Text;

public sealed class FormNormalizerTests
{
    // The examples of UAX #15, figures 3 to 6, and a composition exclusion.
    [Theory]
    [InlineData("\u212B", "A\u030A", "\u00C5", "A\u030A", "\u00C5")]
    [InlineData("\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E9B\u0323", "s\u0323\u0307", "\u1E69")]
    [InlineData("d\u0307\u0323", "d\u0323\u0307", "\u1E0D\u0307", "d\u0323\u0307", "\u1E0D\u0307")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("2\u2075", "2\u2075", "2\u2075", "25", "25")]
    [InlineData("\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("a\uD800b\u00E9", "a\uD800be\u0301", "a\uD800b\u00E9", "a\uD800be\u0301", "a\uD800b\u00E9")]
    public void Forms_are_those_of_the_standard(string text, string nfd, string nfc, string nfkd, string nfkc)
    {
        Assert.Equal(nfd, new FormNormalizer(composes: false, isCompatible: false).Normalize(SourceText.Of(text, tracks: false)).Text);
        Assert.Equal(nfc, new FormNormalizer(composes: true, isCompatible: false).Normalize(SourceText.Of(text, tracks: false)).Text);
        Assert.Equal(nfkd, new FormNormalizer(composes: false, isCompatible: true).Normalize(SourceText.Of(text, tracks: false)).Text);
        Assert.Equal(nfkc, new FormNormalizer(composes: true, isCompatible: true).Normalize(SourceText.Of(text, tracks: false)).Text);
    }
}
