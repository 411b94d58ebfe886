namespace Temperament.Models.Text.Templates;

/// <summary>Methods of values. Those that would change a value are refused.</summary>
internal static class Methods
{
    private static readonly HashSet<string> Changing = new(StringComparer.Ordinal)
    {
        "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "setdefault", "popitem", "add",
    };

    /// <summary>The method, an undefined value for one that is refused, or null where there is none.</summary>
    public static object? Find(object? value, string name) => value switch
    {
        string or SafeString => StringMethods.Find(value, name),
        TemplateDictionary or TemplateList when Changing.Contains(name) && Changes(value, name) =>
            new Undefined($"access to attribute '{name}' of '{Python.TypeName(value)}' object is unsafe."),
        TemplateDictionary dictionary => OfDictionary(dictionary, name),
        TemplateList list => OfSequence(list.Items, name),
        TemplateTuple tuple => OfSequence(tuple.Items, name),
        _ => null,
    };

    private static bool Changes(object value, string name) => value is TemplateList
        ? name is "append" or "extend" or "insert" or "remove" or "pop" or "clear" or "sort" or "reverse"
        : name is "pop" or "clear" or "update" or "setdefault" or "popitem";

    private static TemplateFunction? OfDictionary(TemplateDictionary dictionary, string name) => name switch
    {
        "items" => new("items", (_, _) => new DictionaryView("dict_items", ListFilters.Pairs(dictionary))),
        "keys" => new("keys", (_, _) => new DictionaryView("dict_keys", [.. dictionary.Entries.Select(e => e.Key)])),
        "values" => new("values", (_, _) => new DictionaryView("dict_values", [.. dictionary.Entries.Select(e => e.Value)])),
        "get" => new("get", (_, a) => dictionary.TryGet(a.Expect("get", 1, "key", "default").Get(0, "key"), out object? value)
            ? value
            : a.Get(1, "default")),
        "copy" => new("copy", (_, _) => dictionary.Copy()),
        _ => null,
    };

    private static TemplateFunction? OfSequence(IReadOnlyList<object?> items, string name) => name switch
    {
        "index" => new("index", (_, a) =>
        {
            object? wanted = a.Expect("index", 1, "value").Get(0, "value");
            for (int i = 0; i < items.Count; i++)
            {
                if (Python.Equal(items[i], wanted))
                {
                    return (long)i;
                }
            }

            throw new TemplateException("value is not in list");
        }),
        "count" => new("count", (_, a) => (long)items.Count(i => Python.Equal(i, a.Expect("count", 1, "value").Get(0, "value")))),
        "copy" => new("copy", (_, _) => new TemplateList([.. items])),
        _ => null,
    };
}
