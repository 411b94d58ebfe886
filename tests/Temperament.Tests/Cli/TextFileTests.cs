using Temperament.Cli.Hosting;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Cli;

public sealed class TextFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Text_in_another_encoding_is_refused_and_not_counted_as_other_signs()
    {
        string path = _folder["latin.txt"];
        File.WriteAllBytes(path, [.. "caf"u8, 0xe9, (byte)'\n']);

        CommandLine whole = CommandLine.Run("emoji", path), lines = CommandLine.Run("emoji", "--jsonl", path);

        Assert.All([whole, lines], result =>
        {
            Assert.NotEqual(0, result.Code);
            Assert.Contains($"{path}: read the bytes E9", result.Error, StringComparison.Ordinal);
            Assert.Contains("not UTF-8", result.Error, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text()
    {
        string path = _folder["marked.txt"];
        File.WriteAllBytes(path, [0xef, 0xbb, 0xbf, .. "a\nb 🙂"u8]);

        Assert.Equal("a\nb 🙂", TextFile.Read(path));
        Assert.Equal(["a", "b 🙂"], TextFile.Lines(path));
    }

}
