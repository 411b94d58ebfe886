using Temperament.Studies.Reports;
using Xunit;

namespace Temperament.Tests.Studies.Reports;

public sealed class MarkupTests
{
    [Theory]
    [InlineData("a < b & \"c\" > 'd'", "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;")]
    [InlineData("</script><img src=x onerror=y>", "&lt;/script&gt;&lt;img src=x onerror=y&gt;")]
    [InlineData("👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️")]
    [InlineData("bell \u0007 nul \0", "bell \ufffd nul \ufffd")]
    public void Html_keeps_text_as_text(string text, string expected) => Assert.Equal(expected, Markup.Escape(text));

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("half \ufffd", Markup.Escape("half " + '\ud83d'));

    [Theory]
    [InlineData("*bold* | `code` _x_", "\\*bold\\* \\| \\`code\\` \\_x\\_")]
    [InlineData("[a](http://b) 62% [52,\u00a071]", "[a\\](http://b) 62% [52, 71]")]
    [InlineData("<b> p < 0.01 &amp; & co", "\\<b> p < 0.01 \\&amp; & co")]
    [InlineData("# two\r\nlines\n", "\\# two lines ")]
    public void Markdown_keeps_text_as_text_on_one_line(string text, string expected) => Assert.Equal(expected, Markup.EscapeMarkdown(text));
}
