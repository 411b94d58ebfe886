namespace Temperament.Models.Text.Templates;

/// <summary>Attributes, items and slices of values. Nothing but the values' own words is reachable: no type, no module, no framework.</summary>
internal static class Attributes
{
    /// <summary><c>value.name</c>: the method first, then the key.</summary>
    public static object? Get(object? value, string name)
    {
        if (value is Undefined undefined)
        {
            throw undefined.Error();
        }

        return TryAttribute(value, name, out object? found) || TryKey(value, name, out found) ? found : Missing(value, name);
    }

    /// <summary><c>value[key]</c>: the key first, then the method.</summary>
    public static object? Item(object? value, object? key)
    {
        if (value is Undefined undefined)
        {
            throw undefined.Error();
        }

        if (TryKey(value, key, out object? found) || (PythonText.Is(key) && TryAttribute(value, PythonText.Raw(key), out found)))
        {
            return found;
        }

        var budget = new TemplateBudget();
        return Missing(value, PythonText.Str(key, budget));
    }

    public static object? Slice(object? value, object? start, object? stop, object? step, TemplateBudget budget)
    {
        if (value is Undefined undefined)
        {
            throw undefined.Error();
        }

        long stride = Index(step) ?? 1;
        if (stride == 0)
        {
            throw new TemplateException("slice step cannot be zero");
        }

        bool isText = PythonText.Is(value);
        if (!isText && value is not (TemplateList or TemplateTuple or TemplateRange))
        {
            throw new TemplateException($"'{Python.TypeName(value)}' object is not subscriptable");
        }

        IReadOnlyList<object?> items = Python.Items(value);
        budget.Items(items.Count);
        var picked = new List<object?>();
        long first = Bound(Index(start), items.Count, stride, stride > 0 ? 0 : items.Count - 1);
        long last = Bound(Index(stop), items.Count, stride, stride > 0 ? items.Count : -1);
        for (long i = first; stride > 0 ? i < last : i > last; i += stride)
        {
            picked.Add(items[(int)i]);
        }

        return value switch
        {
            string => string.Concat(picked),
            SafeString => new SafeString(string.Concat(picked)),
            TemplateTuple => new TemplateTuple([.. picked]),
            _ => new TemplateList(picked),
        };
    }

    private static bool TryKey(object? value, object? key, out object? found)
    {
        found = null;
        switch (value)
        {
            case TemplateDictionary dictionary:
                return key is not (TemplateList or TemplateDictionary) && dictionary.TryGet(key, out found);
            case TemplateNamespace space:
                return PythonText.Is(key) && space.Attributes.TryGetValue(PythonText.Raw(key), out found);
            case string or SafeString or TemplateList or TemplateTuple or TemplateRange when key is long or bool:
                IReadOnlyList<object?> items = Python.Items(value);
                long index = PythonNumber.Long(key);
                index += index < 0 ? items.Count : 0;
                bool inside = index >= 0 && index < items.Count;
                found = inside ? items[(int)index] : null;
                return inside;
            default:
                return false;
        }
    }

    private static bool TryAttribute(object? value, string name, out object? found)
    {
        found = name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal)
            ? new Undefined($"access to attribute '{name}' of '{Python.TypeName(value)}' object is unsafe.")
            : value switch
            {
                TemplateNamespace space => space.Attributes.TryGetValue(name, out object? own) ? Box(own) : null,
                TemplateTuple tuple when tuple.TryGet(name, out object? item) => Box(item),
                LoopState loop => loop.Attribute(name),
                TemplateMacro macro => macro.Attribute(name),
                Cycler cycler => cycler.Attribute(name),
                TemplateFunction { Name: "dict" } when name == "fromkeys" => Callables.FromKeys,
                _ => Methods.Find(value, name),
            };
        if (ReferenceEquals(found, NoneBox))
        {
            found = null;
            return true;
        }

        return found is not null;
    }

    private static readonly object NoneBox = new();

    private static object Box(object? value) => value ?? NoneBox;

    private static Undefined Missing(object? value, string name) =>
        new($"'{(value is null ? "None" : Python.TypeName(value) + " object")}' has no attribute '{name}'");

    private static long? Index(object? value) => value switch
    {
        null => null,
        bool or long => PythonNumber.Long(value),
        _ => throw new TemplateException("slice indices must be integers or None or have an __index__ method"),
    };

    private static long Bound(long? index, int count, long step, long otherwise)
    {
        if (index is not { } value)
        {
            return otherwise;
        }

        value += value < 0 ? count : 0;
        return step > 0 ? Math.Clamp(value, 0, count) : Math.Clamp(value, -1, count - 1);
    }
}
