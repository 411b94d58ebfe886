using System.Text.Json;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Cli;

public sealed class EmojiCommandTests
{
    [Fact]
    public void Json_is_one_object_a_line_with_readable_clusters()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("texts.jsonl", "{\"text\":\"Hi 👍🏽\"}\n\n{\"text\":\"a \\\\ud83d 👨‍👩‍👧\"}\n");

        CommandLine result = CommandLine.Run("emoji", "--jsonl", file, "--json");

        Assert.Equal(0, result.Code);
        string[] lines = result.Output.TrimEnd().Split('\n');
        Assert.Equal(["{\"count\":1,\"emoji\":[\"👍🏽\"]}", "{\"count\":1,\"emoji\":[\"👨‍👩‍👧\"]}"], lines);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public void A_text_from_standard_input_is_counted()
    {
        CommandLine result = CommandLine.Run("One 🎉. Two.", CancellationToken.None, "emoji", "-");

        Assert.Contains("emoji                   1 (1.000 a text)", result.Output, StringComparison.Ordinal);
        Assert.Contains("🎉 1", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"text\":1}", "line 1: read an object without a string \"text\"")]
    [InlineData("[]", "read a JSON Array")]
    [InlineData("{\"text\":\"a\"}\n{", "line 2: read text that is no JSON")]
    public void A_damaged_line_is_named(string content, string message)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("texts.jsonl", content);

        CommandLine result = CommandLine.Run("emoji", "--jsonl", file);

        Assert.Equal(3, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }
}
