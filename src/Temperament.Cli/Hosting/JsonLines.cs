using System.Text.Json;
using Temperament.Models.Documents;

namespace Temperament.Cli.Hosting;

/// <summary>Reads files with one JSON object a line. Empty lines are passed over; faults name the file and the line.</summary>
internal static class JsonLines
{
    /// <summary>All objects of a file, with their line numbers from 1.</summary>
    /// <param name="path">File.</param>
    public static IEnumerable<(int Line, JsonElement Object)> Read(string path)
    {
        int number = 0;
        foreach (string line in TextFile.Lines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (number, Parse(path, number, line));
            }
        }
    }

    /// <summary>The path of a file, or an error where it is a folder.</summary>
    /// <param name="path">Path.</param>
    public static string RequireFile(string path) => Directory.Exists(path)
        ? throw new UsageException($"{path} is a folder. Give a file in it.")
        : path;

    /// <summary>The strings of one field.</summary>
    /// <param name="path">File.</param>
    /// <param name="field">Name of the field.</param>
    public static IReadOnlyList<string> ReadStrings(string path, string field)
    {
        var texts = new List<string>();
        foreach ((int line, JsonElement each) in Read(path))
        {
            texts.Add(String(path, line, each, field));
        }

        return texts;
    }

    /// <summary>A string of one object.</summary>
    /// <param name="path">File.</param>
    /// <param name="line">Line of the object.</param>
    /// <param name="each">The object.</param>
    /// <param name="field">Name of the field.</param>
    public static string String(string path, int line, JsonElement each, string field) =>
        each.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new InvalidDataException($"{path}, line {line}: read an object without a string \"{field}\" (it has "
                + $"{string.Join(", ", each.EnumerateObject().Select(p => p.Name))}); expected one on every line. Name the field with --field.");

    private static JsonElement Parse(string path, int number, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new InvalidDataException($"{path}, line {number}: read a JSON {document.RootElement.ValueKind}; expected an object.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}, line {number}: read text that is no JSON ({JsonFault.Describe(error)}); expected one object a line.", error);
        }
    }
}
