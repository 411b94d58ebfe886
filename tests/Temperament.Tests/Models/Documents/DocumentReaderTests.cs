using System.Text;
using System.Text.Json;
using Temperament.Models.Documents;
using Temperament.Tests.Support;
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

    [Theory]
    [InlineData("# Title\n", "line 1, column 1: this is no JSON: read \"# Title\"; expected one JSON object")]
    [InlineData("", "read an empty file; expected one JSON object")]
    [InlineData("{\n \"a\": ]\n}", "line 2, column 7: this is no JSON: read \"]\"")]
    [InlineData("{ \"a\": 1", "read the end of the line; expected")]
    public void What_is_no_JSON_is_shown_where_it_stands(string text, string part) =>
        Assert.Contains(part, Assert.Throws<DocumentException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_and_a_folder_are_named()
    {
        using var folder = new TemporaryFolder();
        string missing = folder["nosuch.json"], empty = DocumentMessage(folder.Path);
        folder.Write("b.json", "{}");
        string first = folder.Write("a.json", "{}");

        Assert.StartsWith($"{missing}: read nothing, since there is no such file; expected a file of JSON. Check the path", DocumentMessage(missing), StringComparison.Ordinal);
        Assert.Equal($"{folder.Path}: read a folder; expected a file of JSON. There is none in it: check the path.", empty);
        Assert.EndsWith($"Give a file in it, such as {first}.", DocumentMessage(folder.Path), StringComparison.Ordinal);
    }

    private static string DocumentMessage(string path) => Assert.Throws<DocumentException>(() => DocumentReader.ReadFile(path)).Message;

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
