using System.Text;
using System.Text.Json;
using Temperament.Models.Documents;
using Xunit;

namespace Temperament.Tests.Models.Documents;

public sealed class DocumentReaderTests
{
    [Fact]
    public void Values_know_their_place_behind_comments_and_wide_characters()
    {
        DocumentValue value = Parse("// first\n{ \"name\": \"é\", /* here */ \"list\": [1,\n  true,], }");

        Assert.Equal((2, 1), (value.Line, value.Column));
        DocumentValue list = value.Fields[1].Value;
        Assert.Equal((3, 3), (list.Items[1].Line, list.Items[1].Column));
        Assert.Equal(JsonTokenType.True, list.Items[1].Kind);
        Assert.Equal("é", value.Fields[0].Value.Text);
    }

    [Theory]
    [InlineData("{ \"a\": 1,\n \"a\": 2 }", 2, "given twice")]
    [InlineData("{ \"a\": }", 1, "no JSON")]
    [InlineData("", 1, "no JSON")]
    [InlineData("{}\n{}", 2, "no JSON")]
    [InlineData("{ \"a\": \"\\ud800\" }", 1, "no JSON")]
    public void Faults_name_file_and_line(string text, int line, string part)
    {
        DocumentException error = Assert.Throws<DocumentException>(() => Parse(text));

        Assert.Equal(line, error.Line);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("study.json, line", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        DocumentException error = Assert.Throws<DocumentException>(() => Parse(new string('[', 1000)));

        Assert.Contains("depth", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_field_is_answered_with_the_nearest_one()
    {
        DocumentValue value = Parse("{\n  \"sead\": 1 }");

        DocumentException error = Assert.Throws<DocumentException>(() => DocumentObject.Of(value, "study", "name", "seed"));

        Assert.Equal((2, 3), (error.Line, error.Column));
        Assert.Contains("Did you mean \"seed\"?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_are_checked_values()
    {
        DocumentObject fields = DocumentObject.Of(
            Parse("{ \"n\": 3, \"x\": 0.5, \"on\": true, \"words\": [\"a\"], \"inner\": { \"n\": -1 }, \"none\": null }"),
            "study", "n", "x", "on", "words", "inner", "none", "absent");

        Assert.Equal(3, fields.Integer("n", 0, 0, 9));
        Assert.Equal(0.5, fields.Real("x", 0, 0, 1));
        Assert.True(fields.Flag("on", false));
        Assert.Equal(["a"], fields.Strings("words", []));
        Assert.Equal(7, fields.Integer("none", 7, 0, 9));
        Assert.Equal("z", fields.Object("absent", "part", "q").String("q", "z"));
        Assert.Throws<DocumentException>(() => fields.Object("inner", "part", "n").Integer("n", 0, 0, 9));
        Assert.Throws<DocumentException>(() => fields.Integer("x", 0, 0, 9));
        Assert.Throws<DocumentException>(() => fields.String("n", ""));
        Assert.Throws<DocumentException>(() => fields.Strings("n", []));
    }

    private static DocumentValue Parse(string text) => DocumentReader.Parse("study.json", Encoding.UTF8.GetBytes(text));
}
