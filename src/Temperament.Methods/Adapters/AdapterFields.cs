using System.Text.Json;

namespace Temperament.Methods.Adapters;

/// <summary>Fields of peft's configuration as checked values; what is null or absent has its default, what is of another kind is refused by name.</summary>
/// <param name="path">File, for messages.</param>
/// <param name="root">The object.</param>
internal sealed class AdapterFields(string path, JsonElement root)
{
    /// <summary>The value of a field; null where it is absent or null.</summary>
    public JsonElement? Find(string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A whole number.</summary>
    public int Int(string name, int otherwise) => Find(name) is not { } value ? otherwise : Int(name, value);

    /// <summary>A number.</summary>
    public double Real(string name, double otherwise) => Find(name) is not { } value ? otherwise : Real(name, value);

    /// <summary>True or false.</summary>
    public bool Flag(string name) => Find(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, value, "true or false"),
    };

    /// <summary>A text.</summary>
    public string? Text(string name) => Find(name) is not { } value ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, value, "a text");

    /// <summary>A text, or a list of texts.</summary>
    public string[] Texts(string name) => Find(name) is not { } value ? []
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : [.. Items(name, value, "a list of texts").Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(name, item, "texts in the list"))];

    /// <summary>A whole number, or a list of them; null where there is none.</summary>
    public int[]? Ints(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number ? [Int(name, value)]
        : [.. Items(name, value, "a list of whole numbers").Select(item => Int(name, item))];

    /// <summary>Patterns of modules, with a number each.</summary>
    public List<KeyValuePair<string, T>> Patterns<T>(string name, Func<AdapterFields, JsonElement, T> read)
    {
        var pairs = new List<KeyValuePair<string, T>>();
        if (Find(name) is { } value)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                throw Wrong(name, value, "an object from patterns to numbers");
            }

            foreach (JsonProperty pair in value.EnumerateObject())
            {
                RequirePattern(name, pair.Name);
                pairs.Add(KeyValuePair.Create(pair.Name, read(this, pair.Value)));
            }
        }

        return pairs;
    }

    /// <summary>A whole number in a field.</summary>
    public int Int(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Wrong(name, value, "a whole number");

    /// <summary>A number in a field.</summary>
    public double Real(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Wrong(name, value, "a number");

    /// <summary>Refuses a pattern that is none.</summary>
    public void RequirePattern(string name, string pattern)
    {
        if (ModulePattern.Complaint(pattern) is { } fault)
        {
            throw new AdapterException(path, $"{name} with the pattern {Short(pattern)} ({fault})", "a regular expression of module paths", "Mend the pattern, or list the modules by name.");
        }
    }

    /// <summary>A value in few words.</summary>
    public static string Short(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 60 ? line : string.Concat(line.AsSpan(0, 57), "...");
    }

    private JsonElement.ArrayEnumerator Items(string name, JsonElement value, string expected) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(name, value, expected);

    private AdapterException Wrong(string name, JsonElement value, string expected) =>
        new(path, $"{name} = {Short(value.GetRawText())}", expected, "Take the file that peft wrote.");
}
