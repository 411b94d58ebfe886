using System.Text.Json;
using System.Text.Unicode;
using Temperament.Models.Documents;

namespace Temperament.Models.Checkpoints;

/// <summary>A value in a JSON file of a checkpoint; asks for fields by name and kind, and says where it stands when they are wrong.</summary>
internal readonly struct CheckpointJson
{
    private readonly string _path;
    private readonly string _where;

    private CheckpointJson(JsonElement element, string path, string where)
    {
        Element = element;
        _path = path;
        _where = where;
    }

    /// <summary>The value itself.</summary>
    public JsonElement Element { get; }

    /// <summary>Whether there is a value that is not null.</summary>
    public bool Exists => Element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>Whether null is written there, as against nothing at all.</summary>
    public bool IsNull => Element.ValueKind == JsonValueKind.Null;

    /// <summary>Whether the value is a string.</summary>
    public bool IsString => Element.ValueKind == JsonValueKind.String;

    /// <summary>Whether the value is an object.</summary>
    public bool IsObject => Element.ValueKind == JsonValueKind.Object;

    /// <summary>Whether the value is a list.</summary>
    public bool IsArray => Element.ValueKind == JsonValueKind.Array;

    /// <summary>Whether the value is a number.</summary>
    public bool IsNumber => Element.ValueKind == JsonValueKind.Number;

    /// <summary>A field of an object; a field that is not there does not exist.</summary>
    public CheckpointJson this[string name] => new(
        IsObject && Element.TryGetProperty(name, out JsonElement value) ? value : default, _path, $"{_where}.{name}");

    /// <summary>Parses a file.</summary>
    /// <param name="path">Name for errors.</param>
    /// <param name="utf8">Content.</param>
    /// <exception cref="CheckpointException">It is no JSON object.</exception>
    public static CheckpointJson Parse(string path, ReadOnlyMemory<byte> utf8)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        if (!Utf8.IsValid(utf8.Span))
        {
            throw new CheckpointException(path, "bytes that are no UTF-8", "a JSON object in UTF-8", "The file is damaged.");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8.Span.StartsWith(mark) ? utf8[3..] : utf8, new JsonDocumentOptions { MaxDepth = 64 });
            JsonElement root = document.RootElement.Clone();
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new CheckpointException(path, $"JSON that is {KindOf(root)}", "a JSON object", "This is another file than its name says.");
            }

            return new CheckpointJson(root, path, "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new CheckpointException(path, $"no JSON ({JsonFault.Describe(e)})", "a JSON object in UTF-8", "The file is damaged or cut short.", e);
        }
    }

    /// <summary>The string, or an error.</summary>
    public string String => IsString ? Text() : throw Wrong("a string");

    /// <summary>The string, or null where there is none.</summary>
    public string? StringOrNull => Exists ? String : null;

    /// <summary>The whole number, or an error.</summary>
    public int Int => IsNumber && Element.TryGetInt32(out int value) ? value : throw Wrong("a whole number");

    /// <summary>The number, or an error.</summary>
    public double Double => IsNumber && Element.TryGetDouble(out double value) && double.IsFinite(value) ? value : throw Wrong("a number");

    /// <summary>The whole number, or something else where there is none.</summary>
    public int IntOr(int other) => Exists ? Int : other;

    /// <summary>The number, or null where there is none.</summary>
    public double? DoubleOrNull => Exists ? Double : null;

    /// <summary>True or false, or something else where there is none.</summary>
    public bool BoolOr(bool other) => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => Exists ? throw Wrong("true or false") : other,
    };

    /// <summary>The items of a list; none where there is no list.</summary>
    public IEnumerable<CheckpointJson> Items()
    {
        if (Exists && !IsArray)
        {
            throw Wrong("a list");
        }

        return Exists ? Enumerate() : [];
    }

    /// <summary>The fields of an object; none where there is no object.</summary>
    public IEnumerable<KeyValuePair<string, CheckpointJson>> Fields()
    {
        if (Exists && !IsObject)
        {
            throw Wrong("an object");
        }

        return Exists ? EnumerateFields() : [];
    }

    /// <summary>An error about this value.</summary>
    public CheckpointException Wrong(string expected, string hint = "The file is damaged, or of a newer kind.")
    {
        string raw = Element.ValueKind == JsonValueKind.Undefined ? "nothing" : Element.ValueKind == JsonValueKind.Null ? "null" : Raw();
        return new CheckpointException(_path, $"{raw} at {(_where.Length == 0 ? "the top" : _where[1..])}", expected, hint);
    }

    /// <summary>What a value is, in words.</summary>
    public static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private string Raw()
    {
        if (Element.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return KindOf(Element);
        }

        string raw = Element.GetRawText();
        return raw.Length > 80 ? raw[..80] + "…" : raw;
    }

    private string Text()
    {
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair has no text.
            throw Wrong("a string of whole characters");
        }
    }

    private IEnumerable<CheckpointJson> Enumerate()
    {
        int index = 0;
        foreach (JsonElement item in Element.EnumerateArray())
        {
            yield return new CheckpointJson(item, _path, $"{_where}[{index++}]");
        }
    }

    private IEnumerable<KeyValuePair<string, CheckpointJson>> EnumerateFields()
    {
        foreach (JsonProperty property in Element.EnumerateObject())
        {
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException)
            {
                throw Wrong("names of whole characters");
            }

            yield return new(name, new CheckpointJson(property.Value, _path, $"{_where}.{name}"));
        }
    }
}
