using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Temperament.Models.Documents;

namespace Temperament.Studies.Data.Import;

/// <summary>One object of a foreign file.</summary>
/// <param name="Place">Where it stands, as in "line 3" or "item 3".</param>
/// <param name="Object">The object.</param>
internal readonly record struct JsonCase(string Place, JsonElement Object)
{
    /// <summary>The text of a field; null if the field is absent, null, no string, or blank.</summary>
    public string? Text(string field) => Object.TryGetProperty(field, out JsonElement value) ? TextOf(value) : null;

    /// <summary>The text of a value; null if it is no string, blank, or no text in Unicode, as half of a surrogate pair is none.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(value.GetString()) ? value.GetString()!.Trim() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
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

        byte[] all = new byte[stream.Length];
        stream.ReadExactly(all);
        ReadOnlyMemory<byte> text = all.AsMemory(all.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0);
        RequireUtf8(path, text.Span);
        return text.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..] ? ReadArray(path, text) : ReadLines(path, text);
    }

    private static void RequireUtf8(string path, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
        {
            return;
        }

        int line = 1;
        foreach (Range range in text.Split((byte)'\n'))
        {
            if (!Utf8.IsValid(text[range]))
            {
                throw new DataFileException(path, line, "bytes that are not UTF-8", "text in UTF-8", "Convert the file to UTF-8.");
            }

            line++;
        }
    }

    private static List<JsonCase> ReadArray(string path, ReadOnlyMemory<byte> text)
    {
        using JsonDocument document = Parse(path, 0, text);
        return [.. document.RootElement.EnumerateArray().Select((item, index) => Case(path, $"item {index + 1}", 0, item))];
    }

    private static List<JsonCase> ReadLines(string path, ReadOnlyMemory<byte> text)
    {
        List<JsonCase> cases = [];
        int number = 0;
        foreach (Range range in text.Span.Split((byte)'\n'))
        {
            number++;
            if (!text.Span[range].Trim(" \t\r"u8).IsEmpty)
            {
                using JsonDocument document = Parse(path, number, text[range]);
                cases.Add(Case(path, $"line {number}", number, document.RootElement));
            }
        }

        return cases;
    }

    private static JsonCase Case(string path, string place, int line, JsonElement item) => item.ValueKind == JsonValueKind.Object
        ? new JsonCase(place, item.Clone())
        : throw new DataFileException(path, line, $"a JSON {item.ValueKind} as {place}", "an object", "Give the file that has the questions and answers.");

    private static JsonDocument Parse(string path, int line, ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException error)
        {
            long at = line > 0 ? line : (error.LineNumber ?? -1) + 1;
            throw new DataFileException(path, at, $"text that is no JSON ({JsonFault.Describe(error)})", "a JSON array, or one object a line",
                "Look whether the file was cut or is of another kind (--format names it).", error);
        }
    }
}
