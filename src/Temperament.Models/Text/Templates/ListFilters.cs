namespace Temperament.Models.Text.Templates;

/// <summary>Filters of lists and dictionaries.</summary>
internal static class ListFilters
{
    public static IReadOnlyDictionary<string, Func<RenderContext, object?, CallArguments, object?>> All { get; } =
        new Dictionary<string, Func<RenderContext, object?, CallArguments, object?>>(StringComparer.Ordinal)
        {
            ["length"] = (_, v, _) => Python.Length(v),
            ["count"] = (_, v, _) => Python.Length(v),
            ["list"] = (c, v, _) => List(c, Python.Items(v)),
            ["first"] = (_, v, _) => Python.Items(v) is [var first, ..] ? first : new Undefined("No first item, sequence was empty."),
            ["last"] = (_, v, _) => Python.Items(v) is [.., var last] ? last : new Undefined("No last item, sequence was empty."),
            ["random"] = (_, v, _) => Python.Items(v) is [var first, ..] ? first : new Undefined("No random item, sequence was empty."),
            ["reverse"] = (c, v, _) => Reverse(c, v),
            ["sort"] = (c, v, a) => Sort(c, v, a.Expect("sort", 0, "reverse", "case_sensitive", "attribute")),
            ["unique"] = (c, v, a) => Unique(c, v, a.Expect("unique", 0, "case_sensitive", "attribute")),
            ["min"] = (c, v, a) => Extreme(c, v, a, -1),
            ["max"] = (c, v, a) => Extreme(c, v, a, 1),
            ["sum"] = (c, v, a) => Sum(c, v, a.Expect("sum", 0, "attribute", "start")),
            ["join"] = (c, v, a) => Join(c, v, a.Expect("join", 0, "d", "attribute")),
            ["map"] = Map,
            ["select"] = (c, v, a) => Select(c, v, a, null, keeps: true),
            ["reject"] = (c, v, a) => Select(c, v, a, null, keeps: false),
            ["selectattr"] = (c, v, a) => Select(c, v, a.Skip(1), Attribute(a), keeps: true),
            ["rejectattr"] = (c, v, a) => Select(c, v, a.Skip(1), Attribute(a), keeps: false),
            ["dictsort"] = (c, v, a) => DictSort(c, v, a.Expect("dictsort", 0, "case_sensitive", "by", "reverse")),
            ["items"] = (_, v, _) => new TemplateGenerator(v is Undefined ? [] : Pairs(Mapping(v))),
            ["groupby"] = (c, v, a) => GroupBy(c, v, a.Expect("groupby", 1, "attribute", "default", "case_sensitive")),
            ["batch"] = (c, v, a) => Batch(c, v, a.Expect("batch", 1, "linecount", "fill_with")),
            ["slice"] = (c, v, a) => Slices(c, v, a.Expect("slice", 1, "slices", "fill_with")),
            ["attr"] = (_, v, a) => Attributes.Get(v is TemplateDictionary ? new TemplateNamespace() : v, a.Expect("attr", 1, "name").Text(0, "name")),
        };

    /// <summary>The pairs of a dictionary.</summary>
    public static List<object?> Pairs(TemplateDictionary dictionary) =>
        [.. dictionary.Entries.Select(e => (object?)new TemplateTuple([e.Key, e.Value]))];

    private static TemplateDictionary Mapping(object? value) =>
        value as TemplateDictionary ?? throw new TemplateException("Can only get item pairs from a mapping.");

    private static TemplateList List(RenderContext context, IReadOnlyList<object?> items)
    {
        context.Budget.Items(items.Count);
        return new TemplateList([.. items]);
    }

    private static TemplateGenerator Generator(RenderContext context, IEnumerable<object?> items)
    {
        var list = new List<object?>();
        foreach (object? item in items)
        {
            context.Budget.Step();
            list.Add(item);
        }

        context.Budget.Items(list.Count);
        return new TemplateGenerator(list);
    }

    private static object Reverse(RenderContext context, object? value)
    {
        IEnumerable<object?> items = Python.Items(value).Reverse();
        return PythonText.Is(value) ? string.Concat(items) : Generator(context, items);
    }

    // A path such as message.content or 0, or null for the item itself.
    private static Func<object?, object?> Getter(object? attribute, bool foldsCase, object? otherwise = null)
    {
        string[] path = attribute is null ? [] : attribute is long number ? [number.ToString(System.Globalization.CultureInfo.InvariantCulture)]
            : PythonText.Require(attribute, "attribute").Split('.');
        return item =>
        {
            foreach (string part in path)
            {
                object? key = long.TryParse(part, out long index) ? index : part;
                item = Attributes.Item(item, key);
            }

            item = item is Undefined && otherwise is not null ? otherwise : item;
            return foldsCase && PythonText.Is(item) ? PythonText.Raw(item).ToLowerInvariant() : item;
        };
    }

    private static List<object?> Sorted(RenderContext context, IEnumerable<object?> items, Func<object?, object?> key, bool reverse)
    {
        Comparer<object?> order = Comparer<object?>.Create((a, b) =>
        {
            context.Budget.Step();
            return Python.Compare(a, b, "<");
        });
        try
        {
            return [.. reverse ? items.OrderByDescending(key, order) : items.OrderBy(key, order)];
        }
        catch (InvalidOperationException e) when (e.InnerException is TemplateException inner)
        {
            throw new TemplateException(inner.Message, false, e);
        }
    }

    // By one path or several with commas between them. Lists of keys are compared, so that keys that are missing everywhere are equal.
    private static TemplateList Sort(RenderContext context, object? value, CallArguments a)
    {
        object? attribute = a.Get(2, "attribute");
        object?[] paths = PythonText.Is(attribute) ? PythonText.Raw(attribute).Split(',') : [attribute];
        Func<object?, object?>[] keys = [.. paths.Select(path => Getter(path, !a.Flag(1, "case_sensitive")))];
        return List(context, Sorted(context, Python.Items(value), item => new TemplateList([.. keys.Select(key => key(item))]), a.Flag(0, "reverse")));
    }

    private static TemplateGenerator Unique(RenderContext context, object? value, CallArguments a)
    {
        Func<object?, object?> key = Getter(a.Get(1, "attribute"), !a.Flag(0, "case_sensitive"));
        var seen = new TemplateDictionary();
        var kept = new List<object?>();
        foreach (object? item in Python.Items(value))
        {
            object? k = key(item);
            if (!seen.TryGet(k, out _))
            {
                seen[k] = true;
                kept.Add(item);
            }
        }

        return Generator(context, kept);
    }

    private static object? Extreme(RenderContext context, object? value, CallArguments a, int sign)
    {
        a.Expect("min or max", 0, "case_sensitive", "attribute");
        Func<object?, object?> key = Getter(a.Get(1, "attribute"), !a.Flag(0, "case_sensitive"));
        IReadOnlyList<object?> items = Python.Items(value);
        if (items.Count == 0)
        {
            return new Undefined("No aggregated item, sequence was empty.");
        }

        object? best = items[0];
        foreach (object? item in items.Skip(1))
        {
            context.Budget.Step();
            best = Python.Compare(key(item), key(best), sign < 0 ? "<" : ">") * sign > 0 ? item : best;
        }

        return best;
    }

    private static object? Sum(RenderContext context, object? value, CallArguments a)
    {
        Func<object?, object?> key = Getter(a.Get(0, "attribute"), false);
        return Python.Items(value).Aggregate(a.Get(1, "start", 0L), (sum, item) => Operators.Apply(context, sum, "+", key(item)));
    }

    private static string Join(RenderContext context, object? value, CallArguments a)
    {
        Func<object?, object?> key = Getter(a.Get(1, "attribute"), false);
        string separator = PythonText.Str(a.Get(0, "d", ""), context.Budget);
        string[] parts = [.. Python.Items(value).Select(item => PythonText.Str(key(item), context.Budget))];
        context.Budget.Characters(parts.Sum(p => (long)p.Length) + ((long)separator.Length * parts.Length));
        return string.Join(separator, parts);
    }

    // Filters that walk lazily give nothing for none and other empty values instead of an error.
    private static IReadOnlyList<object?> Walk(object? value) => Python.Truth(value) ? Python.Items(value) : [];

    private static TemplateGenerator Map(RenderContext context, object? value, CallArguments a)
    {
        if (a.Positional.Count == 0)
        {
            a.Expect("map", 0, "attribute", "default");
            if (!a.Has(0, "attribute"))
            {
                throw new TemplateException("map requires a filter argument");
            }

            return Generator(context, Walk(value).Select(Getter(a.Get(0, "attribute"), false, a.Get(1, "default"))));
        }

        string filter = PythonText.Require(a.Positional[0], "filter");
        CallArguments rest = a.Skip(1);
        return Generator(context, Walk(value).Select(item => Filters.Apply(context, filter, item, rest)));
    }

    private static object? Attribute(CallArguments a) => a.Positional.Count > 0
        ? a.Positional[0]
        : throw new TemplateException("Missing parameter for attribute name");

    private static TemplateGenerator Select(RenderContext context, object? value, CallArguments a, object? attribute, bool keeps)
    {
        Func<object?, object?> key = Getter(attribute, false);
        string? test = a.Positional.Count > 0 ? PythonText.Require(a.Positional[0], "test") : null;
        CallArguments rest = a.Skip(1);
        return Generator(context, Walk(value).Where(item =>
            (test is null ? Python.Truth(key(item)) : Tests.Apply(context, test, key(item), rest)) == keeps));
    }

    private static TemplateList DictSort(RenderContext context, object? value, CallArguments a)
    {
        long index = a.Text(1, "by", "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw new TemplateException("You can only sort by either \"key\" or \"value\""),
        };
        return List(context, Sorted(context, Pairs(Mapping(value)), Getter(index, !a.Flag(0, "case_sensitive")), a.Flag(2, "reverse")));
    }

    private static TemplateList GroupBy(RenderContext context, object? value, CallArguments a)
    {
        Func<object?, object?> key = Getter(a.Get(0, "attribute"), !a.Flag(2, "case_sensitive"), a.Get(1, "default"));
        Func<object?, object?> shown = Getter(a.Get(0, "attribute"), false, a.Get(1, "default"));
        var groups = new List<(object? Key, List<object?> Items)>();
        foreach (object? item in Sorted(context, Python.Items(value), key, reverse: false))
        {
            if (groups.Count == 0 || !Python.Equal(key(groups[^1].Items[0]), key(item)))
            {
                groups.Add((shown(item), []));
            }

            groups[^1].Items.Add(item);
        }

        return List(context, [.. groups.Select(g => (object?)new TemplateTuple([g.Key, new TemplateList(g.Items)]) { Names = ["grouper", "list"] })]);
    }

    private static TemplateGenerator Batch(RenderContext context, object? value, CallArguments a)
    {
        int size = (int)Math.Clamp(a.Int(0, "linecount"), 1, 1 << 20);
        var batches = new List<object?>();
        foreach (object?[] chunk in Python.Items(value).Chunk(size))
        {
            List<object?> items = [.. chunk];
            if (a.Get(1, "fill_with") is { } fill)
            {
                context.Budget.Items(size);
                items.AddRange(Enumerable.Repeat(fill, size - items.Count));
            }

            batches.Add(new TemplateList(items));
        }

        return Generator(context, batches);
    }

    private static TemplateGenerator Slices(RenderContext context, object? value, CallArguments a)
    {
        IReadOnlyList<object?> items = Python.Items(value);
        int count = (int)Math.Clamp(a.Int(0, "slices"), 1, 1 << 20), size = items.Count / count, more = items.Count % count, at = 0;
        var slices = new List<object?>();
        for (int i = 0; i < count; i++)
        {
            int length = size + (i < more ? 1 : 0);
            List<object?> slice = [.. items.Skip(at).Take(length)];
            if (i >= more && more > 0 && a.Get(1, "fill_with") is { } fill)
            {
                slice.Add(fill);
            }

            slices.Add(new TemplateList(slice));
            at += length;
        }

        return Generator(context, slices);
    }
}
