using System.Text.Json;

namespace Temperament.Studies.Data.Import;

/// <summary>One object of a foreign file.</summary>
/// <param name="Place">Where it stands, as in "line 3" or "item 3".</param>
/// <param name="Object">The object.</param>
internal readonly record struct JsonCase(string Place, JsonElement Object)
{
    /// <summary>The text of a field; null if the field is absent, null, no string, or blank.</summary>
    public string? Text(string field) =>
        Object.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(value.GetString())
            ? value.GetString()!.Trim()
            : null;
}

/// <summary>Reads the objects of a JSON array, or of JSON Lines.</summary>
internal static class JsonCases
{
    private const long MostBytes = 256 << 20;

    /// <summary>Reads a file that is one array of objects, or one object a line.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="DataFileException">It is neither, or larger than 256 MiB.</exception>
    public static IEnumerable<JsonCase> Read(string path)
    {
        using FileStream stream = OpinionFile.Open(path);
        if (stream.Length > MostBytes)
        {
            throw new DataFileException(path, 0, $"a file of {stream.Length:N0} bytes", $"at most {MostBytes:N0}", "Split the file.");
        }

        return BeginsArray(stream) ? ReadArray(path, stream) : ReadLines(path, stream);
    }

    private static bool BeginsArray(FileStream stream)
    {
        int first;
        do
        {
            first = stream.ReadByte();
        }
        while (first is ' ' or '\t' or '\r' or '\n' or 0xEF or 0xBB or 0xBF);
        stream.Position = 0;
        return first == '[';
    }

    private static List<JsonCase> ReadArray(string path, FileStream stream)
    {
        using JsonDocument document = Parse(path, 0, () => JsonDocument.Parse(stream));
        return [.. document.RootElement.EnumerateArray().Select((item, index) => Case(path, $"item {index + 1}", 0, item))];
    }

    private static List<JsonCase> ReadLines(string path, FileStream stream)
    {
        List<JsonCase> cases = [];
        using StreamReader reader = new(stream);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                using JsonDocument document = Parse(path, number, () => JsonDocument.Parse(line));
                cases.Add(Case(path, $"line {number}", number, document.RootElement));
            }
        }

        return cases;
    }

    private static JsonCase Case(string path, string place, int line, JsonElement item) => item.ValueKind == JsonValueKind.Object
        ? new JsonCase(place, item.Clone())
        : throw new DataFileException(path, line, $"a JSON {item.ValueKind} as {place}", "an object", "Give the file that has the questions and answers.");

    private static JsonDocument Parse(string path, int line, Func<JsonDocument> parse)
    {
        try
        {
            return parse();
        }
        catch (JsonException error)
        {
            long at = line > 0 ? line : (error.LineNumber ?? -1) + 1;
            throw new DataFileException(path, at, $"text that is no JSON ({error.Message.Split(" LineNumber:", 2)[0]})", "a JSON array, or one object a line",
                "Look whether the file was cut or is of another kind (--format names it).", error);
        }
    }
}
