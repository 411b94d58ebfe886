namespace Temperament.Models.Text.Templates;

/// <summary>Truth, equality, order, length and walking of values, as the template language has them.</summary>
internal static class Python
{
    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long => "int",
        double => "float",
        string or SafeString => "str",
        TemplateList => "list",
        TemplateTuple => "tuple",
        TemplateDictionary => "dict",
        TemplateRange => "range",
        TemplateGenerator => "generator",
        DictionaryView view => view.Kind,
        Undefined => "Undefined",
        TemplateNamespace => "Namespace",
        TemplateFunction => "function",
        TemplateMacro => "Macro",
        LoopState => "LoopContext",
        _ => "object",
    };

    public static bool Truth(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        SafeString safe => safe.Text.Length > 0,
        TemplateList list => list.Items.Count > 0,
        TemplateTuple tuple => tuple.Items.Length > 0,
        TemplateDictionary dictionary => dictionary.Count > 0,
        TemplateRange range => range.Length > 0,
        DictionaryView view => view.Items.Count > 0,
        _ => true,
    };

    public static bool Equal(object? a, object? b)
    {
        if (PythonNumber.TryGet(a, out double x) && PythonNumber.TryGet(b, out double y))
        {
            return a is double || b is double ? x == y : PythonNumber.Long(a) == PythonNumber.Long(b);
        }

        TemplateBudget.CheckStack();
        TemplateBudget.Work(16);
        return (a, b) switch
        {
            (null, null) => true,
            (TemplateList or TemplateTuple or TemplateDictionary, _) when ReferenceEquals(a, b) => true,
            (Undefined, Undefined) => true,
            (string or SafeString, string or SafeString) => PythonText.Raw(a) == PythonText.Raw(b),
            (TemplateList l, TemplateList r) => SequenceEqual(l.Items, r.Items),
            (TemplateTuple l, TemplateTuple r) => SequenceEqual(l.Items, r.Items),
            (TemplateRange l, TemplateRange r) => l == r,
            (TemplateDictionary l, TemplateDictionary r) =>
                l.Count == r.Count && l.Entries.All(e => r.TryGet(e.Key, out object? other) && Equal(e.Value, other)),
            _ => ReferenceEquals(a, b),
        };
    }

    /// <summary>Whether two values are one and the same, as <c>is</c> has it.</summary>
    public static bool Same(object? a, object? b) => (a, b) switch
    {
        (null, null) => true,
        (bool x, bool y) => x == y,
        (long x, long y) => x == y,
        (string x, string y) => x == y,
        _ => ReferenceEquals(a, b),
    };

    /// <summary>Order; <paramref name="sign"/> is the comparison for the error.</summary>
    public static int Compare(object? a, object? b, string sign)
    {
        if (PythonNumber.TryGet(a, out double x) && PythonNumber.TryGet(b, out double y))
        {
            return a is double || b is double ? x.CompareTo(y) : PythonNumber.Long(a).CompareTo(PythonNumber.Long(b));
        }

        TemplateBudget.CheckStack();
        if (a is Undefined undefined || (undefined = (b as Undefined)!) is not null)
        {
            throw undefined.Error();
        }

        return (a, b) switch
        {
            (string or SafeString, string or SafeString) => CompareCodePoints(PythonText.Raw(a), PythonText.Raw(b)),
            (TemplateList l, TemplateList r) => CompareItems(l.Items, r.Items, sign),
            (TemplateTuple l, TemplateTuple r) => CompareItems(l.Items, r.Items, sign),
            _ => throw new TemplateException($"'{sign}' not supported between instances of '{TypeName(a)}' and '{TypeName(b)}'"),
        };
    }

    public static bool Contains(object? container, object? item)
    {
        switch (container)
        {
            case Undefined:
                return false;
            case string or SafeString:
                return item is string or SafeString
                    ? Within(PythonText.Raw(container), PythonText.Raw(item))
                    : throw new TemplateException($"'in <string>' requires string as left operand, not {TypeName(item)}");
            case TemplateDictionary dictionary:
                return dictionary.TryGet(item, out _);
            default:
                return Items(container, "argument of type '{0}' is not iterable").Any(other => Equal(other, item));
        }
    }

    private static bool Within(string text, string part)
    {
        TemplateBudget.Search(text, part);
        return text.Contains(part, StringComparison.Ordinal);
    }

    public static long Length(object? value) => value switch
    {
        string or SafeString => PythonText.Length(PythonText.Raw(value)),
        TemplateList list => list.Items.Count,
        TemplateTuple tuple => tuple.Items.Length,
        TemplateDictionary dictionary => dictionary.Count,
        TemplateRange range => range.Length,
        DictionaryView view => view.Items.Count,
        Undefined => 0,
        _ => throw new TemplateException($"object of type '{TypeName(value)}' has no len()"),
    };

    public static bool IsIterable(object? value) => value is string or SafeString or TemplateList or TemplateTuple or TemplateDictionary
        or TemplateRange or TemplateGenerator or DictionaryView or Undefined or LoopState;

    /// <summary>The items of anything that can be walked through; characters of a string, keys of a dictionary.</summary>
    public static IReadOnlyList<object?> Items(object? value, string error = "'{0}' object is not iterable") => value switch
    {
        TemplateList list => list.Items,
        TemplateTuple tuple => tuple.Items,
        TemplateGenerator generator => generator.Items,
        DictionaryView view => view.Items,
        TemplateDictionary dictionary => [.. dictionary.Entries.Select(e => e.Key)],
        TemplateRange range => Numbers(range),
        string or SafeString => Characters(PythonText.Raw(value)),
        Undefined => [],
        _ => throw new TemplateException(error.Replace("{0}", TypeName(value), StringComparison.Ordinal)),
    };

    private static List<object?> Numbers(TemplateRange range)
    {
        var numbers = new List<object?>((int)range.Length);
        for (long i = 0; i < range.Length; i++)
        {
            numbers.Add(range.Start + (i * range.Step));
        }

        return numbers;
    }

    private static List<object?> Characters(string text)
    {
        TemplateBudget.Work(32L * text.Length);
        return PythonText.CodePoints(text);
    }

    private static bool SequenceEqual(IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        for (int i = 0; i < a.Count; i++)
        {
            if (!Equal(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int CompareItems(IReadOnlyList<object?> a, IReadOnlyList<object?> b, string sign)
    {
        TemplateBudget.Work(16);
        for (int i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            if (!Equal(a[i], b[i]))
            {
                return Compare(a[i], b[i], sign);
            }
        }

        return a.Count.CompareTo(b.Count);
    }

    // Surrogates sort below U+E000 in UTF-16 but stand for code points above it.
    private static int CompareCodePoints(string a, string b)
    {
        int length = Math.Min(a.Length, b.Length);
        for (int i = 0; i < length; i++)
        {
            if (a[i] != b[i])
            {
                int x = char.IsSurrogate(a[i]) ? a[i] + 0x10000 : a[i], y = char.IsSurrogate(b[i]) ? b[i] + 0x10000 : b[i];
                return x.CompareTo(y);
            }
        }

        return a.Length.CompareTo(b.Length);
    }
}
