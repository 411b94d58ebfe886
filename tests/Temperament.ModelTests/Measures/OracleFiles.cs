using System.Text.Json;
using Xunit;

namespace Temperament.ModelTests.Measures;

/// <summary>Finds the files of expected values: the small ones in tests/golden, the full ones in ../shared where that folder is present.</summary>
internal static class OracleFiles
{
    public static string Golden(string path) => Path.Combine(Root(), "tests", "golden", path);

    public static string Repository(string path) => Path.Combine(Root(), path);

    /// <summary>A file below ../shared; the test is skipped where it is absent.</summary>
    public static string Shared(string path)
    {
        string full = Path.Combine(Root(), "..", "shared", path);
        Assert.SkipWhen(!File.Exists(full), $"../shared/{path} is not here");
        return full;
    }

    public static IEnumerable<JsonElement> Lines(string path) =>
        File.ReadLines(path).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement);

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Temperament.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
