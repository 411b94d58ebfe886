namespace Temperament.Models.Text.Templates;

/// <summary>The tests that stand behind <c>is</c>.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Func<object?, CallArguments, bool>> All = new(StringComparer.Ordinal)
    {
        ["defined"] = (v, _) => v is not Undefined,
        ["undefined"] = (v, _) => v is Undefined,
        ["none"] = (v, _) => v is null,
        ["boolean"] = (v, _) => v is bool,
        ["true"] = (v, _) => v is true,
        ["false"] = (v, _) => v is false,
        ["integer"] = (v, _) => v is long,
        ["float"] = (v, _) => v is double,
        ["number"] = (v, _) => v is bool or long or double,
        ["string"] = (v, _) => PythonText.Is(v),
        ["mapping"] = (v, _) => v is TemplateDictionary,
        ["sequence"] = (v, _) => PythonText.Is(v) || v is TemplateList or TemplateTuple or TemplateDictionary or TemplateRange or Undefined,
        ["iterable"] = (v, _) => Python.IsIterable(v),
        ["callable"] = (v, _) => v is TemplateFunction or TemplateMacro or Joiner or LoopState or Undefined,
        ["escaped"] = (v, _) => v is SafeString,
        ["odd"] = (v, _) => Rest(v, 2L) == 1,
        ["even"] = (v, _) => Rest(v, 2L) == 0,
        ["divisibleby"] = (v, a) => Rest(v, a.Get(0, "num")) == 0,
        ["lower"] = (v, _) => Cased(v, char.IsLower, char.IsUpper),
        ["upper"] = (v, _) => Cased(v, char.IsUpper, char.IsLower),
        ["sameas"] = (v, a) => Python.Same(v, a.Get(0, "other")),
        ["in"] = (v, a) => Python.Contains(a.Get(0, "seq"), v),
        ["filter"] = (v, _) => PythonText.Is(v) && Filters.Exists(PythonText.Raw(v)),
        ["test"] = (v, _) => PythonText.Is(v) && Exists(PythonText.Raw(v)),
        ["eq"] = (v, a) => Operators.Compare(v, "==", Other(a)),
        ["ne"] = (v, a) => Operators.Compare(v, "!=", Other(a)),
        ["lt"] = (v, a) => Operators.Compare(v, "<", Other(a)),
        ["le"] = (v, a) => Operators.Compare(v, "<=", Other(a)),
        ["gt"] = (v, a) => Operators.Compare(v, ">", Other(a)),
        ["ge"] = (v, a) => Operators.Compare(v, ">=", Other(a)),
    };

    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal)
    {
        ["=="] = "eq", ["equalto"] = "eq", ["!="] = "ne", ["<"] = "lt", ["lessthan"] = "lt", ["<="] = "le", [">"] = "gt",
        ["greaterthan"] = "gt", [">="] = "ge",
    };

    public static bool Exists(string name) => All.ContainsKey(OtherNames.GetValueOrDefault(name, name));

    public static bool Apply(RenderContext context, string name, object? value, CallArguments arguments)
    {
        context.Budget.Step();
        return All.TryGetValue(OtherNames.GetValueOrDefault(name, name), out Func<object?, CallArguments, bool>? test)
            ? test(value, arguments)
            : throw new TemplateException($"No test named '{name}' found.");
    }

    private static double Rest(object? value, object? divisor) => PythonNumber.TryGet(value, out _) && PythonNumber.TryGet(divisor, out _)
        ? Convert.ToDouble(PythonNumber.Divide(value, divisor, "%"), System.Globalization.CultureInfo.InvariantCulture)
        : throw new TemplateException($"unsupported operand types for %: '{Python.TypeName(value)}' and '{Python.TypeName(divisor)}'");

    private static object? Other(CallArguments arguments) => arguments.Expect("the test", 1, "other").Get(0, "other");

    private static bool Cased(object? value, Func<char, bool> wanted, Func<char, bool> unwanted)
    {
        string text = PythonText.Str(value, new TemplateBudget());
        TemplateBudget.Work(16L * text.Length);
        return text.Any(wanted) && !text.Any(unwanted);
    }
}
