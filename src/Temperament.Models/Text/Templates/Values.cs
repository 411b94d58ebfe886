namespace Temperament.Models.Text.Templates;

// Values of the template language: null is none, then bool, long, double and string of the framework, and the types here.

/// <summary>Something that is not there; it prints as nothing, and going further raises.</summary>
internal sealed class Undefined(string message)
{
    /// <summary>An error about using it.</summary>
    public TemplateException Error() => new(message);

    /// <summary>A variable that has no value.</summary>
    public static Undefined Name(string name) => new($"'{name}' is undefined");
}

/// <summary>A string that was marked as safe: what is added to it is escaped for HTML.</summary>
internal sealed record SafeString(string Text);

/// <summary>A list that cannot be changed by the template.</summary>
internal sealed class TemplateList(List<object?> items)
{
    public List<object?> Items { get; } = items;
}

/// <summary>A tuple.</summary>
internal sealed class TemplateTuple(object?[] items)
{
    public object?[] Items { get; } = items;

    /// <summary>Names of the items, where they have some, as the groups of groupby do.</summary>
    public string[] Names { get; init; } = [];

    /// <summary>The item of a name.</summary>
    public bool TryGet(string name, out object? item)
    {
        int index = Array.IndexOf(Names, name);
        item = index < 0 ? null : Items[index];
        return index >= 0;
    }
}

/// <summary>What a filter such as map gives: it can be walked through, but has no length.</summary>
internal sealed class TemplateGenerator(List<object?> items)
{
    public List<object?> Items { get; } = items;
}

/// <summary>Keys, values or pairs of a dictionary.</summary>
internal sealed class DictionaryView(string kind, List<object?> items)
{
    public string Kind { get; } = kind;

    public List<object?> Items { get; } = items;
}

/// <summary>A row of whole numbers.</summary>
internal sealed record TemplateRange(long Start, long Stop, long Step)
{
    public long Length => Step > 0 ? Math.Max(0, (Stop - Start + Step - 1) / Step) : Math.Max(0, (Start - Stop - Step - 1) / -Step);
}

/// <summary>A dictionary that keeps the order of its keys; 1, 1.0 and true are the same key.</summary>
internal sealed class TemplateDictionary
{
    private static readonly object NoneKey = new();
    private readonly OrderedDictionary<object, (object? Key, object? Value)> _entries = new(PythonEquality.Instance);

    public int Count => _entries.Count;

    public IEnumerable<KeyValuePair<object?, object?>> Entries =>
        _entries.Values.Select(e => new KeyValuePair<object?, object?>(e.Key, e.Value));

    public object? this[object? key]
    {
        set => _entries[key ?? NoneKey] = _entries.TryGetValue(key ?? NoneKey, out (object? Key, object? Value) old) ? (old.Key, value) : (key, value);
    }

    public bool TryGet(object? key, out object? value)
    {
        bool found = _entries.TryGetValue(key ?? NoneKey, out (object? Key, object? Value) entry);
        value = entry.Value;
        return found;
    }

    public void InsertFirst(string key, object? value) => _entries.Insert(0, key, (key, value));

    public TemplateDictionary Copy()
    {
        var copy = new TemplateDictionary();
        foreach ((object? key, object? value) in Entries)
        {
            copy[key] = value;
        }

        return copy;
    }
}

/// <summary>A namespace: the one thing whose attributes a template may set.</summary>
internal sealed class TemplateNamespace
{
    public Dictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);

    public void Set(string name, object? value)
    {
        if (name.StartsWith('_'))
        {
            throw new TemplateException($"A namespace cannot hold names that begin with an underscore, but got '{name}'.");
        }

        Attributes[name] = value;
    }
}

/// <summary>Something that can be called.</summary>
internal sealed class TemplateFunction(string name, Func<RenderContext, CallArguments, object?> body)
{
    public string Name { get; } = name;

    public Func<RenderContext, CallArguments, object?> Body { get; } = body;
}

/// <summary>A separator that is empty the first time.</summary>
internal sealed class Joiner(string separator)
{
    private bool _used;

    public string Next()
    {
        string text = _used ? separator : "";
        _used = true;
        return text;
    }
}

/// <summary>Values that come round again.</summary>
internal sealed class Cycler(IReadOnlyList<object?> items)
{
    private int _at;

    public object? Current => items[_at];

    public object? Next()
    {
        object? value = Current;
        _at = (_at + 1) % items.Count;
        return value;
    }

    public object? Attribute(string name) => name switch
    {
        "next" => new TemplateFunction("next", (_, _) => Next()),
        "current" => Current,
        "reset" => new TemplateFunction("reset", (_, _) =>
        {
            _at = 0;
            return null;
        }),
        _ => null,
    };
}
