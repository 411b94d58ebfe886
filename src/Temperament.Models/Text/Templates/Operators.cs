using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>Arithmetic and comparison of values.</summary>
internal static class Operators
{
    public static object? Apply(RenderContext context, object? left, string operation, object? right)
    {
        if (operation == "%" && PythonText.Is(left))
        {
            return Rewrap(left, PercentFormat.Apply(context, left, right));
        }

        if ((left as Undefined ?? right as Undefined) is { } undefined)
        {
            throw undefined.Error();
        }

        bool numbers = PythonNumber.TryGet(left, out _) && PythonNumber.TryGet(right, out _);
        return operation switch
        {
            "+" or "-" or "*" when numbers => PythonNumber.Add(left, right, operation[0]),
            "/" or "//" or "%" when numbers => PythonNumber.Divide(left, right, operation),
            "**" when numbers => PythonNumber.Power(left, right),
            "+" => Join(left, right, context.Budget),
            "*" when left is bool or long => Repeat(right, PythonNumber.Long(left), context.Budget, left),
            "*" when right is bool or long => Repeat(left, PythonNumber.Long(right), context.Budget, right),
            _ => throw Unsupported(operation, left, right),
        };
    }

    public static bool Compare(object? left, string operation, object? right) => operation switch
    {
        "==" => Python.Equal(left, right),
        "!=" => !Python.Equal(left, right),
        "in" => Python.Contains(right, left),
        "not in" => !Python.Contains(right, left),
        "<" => Python.Compare(left, right, "<") < 0 && !IsNaN(left, right),
        "<=" => Python.Compare(left, right, "<=") <= 0 && !IsNaN(left, right),
        ">" => Python.Compare(left, right, ">") > 0 && !IsNaN(left, right),
        _ => Python.Compare(left, right, ">=") >= 0 && !IsNaN(left, right),
    };

    private static bool IsNaN(object? left, object? right) => left is double.NaN || right is double.NaN;

    private static object Rewrap(object? like, string text) => like is SafeString ? new SafeString(text) : text;

    private static object? Join(object? left, object? right, TemplateBudget budget)
    {
        switch (left, right)
        {
            case (string a, string b):
                budget.Characters(a.Length + b.Length);
                return a + b;
            case (string or SafeString, string or SafeString):
                string x = left is string plain ? PythonText.Escape(plain, budget) : PythonText.Raw(left);
                string y = right is string other ? PythonText.Escape(other, budget) : PythonText.Raw(right);
                budget.Characters(x.Length + y.Length);
                return new SafeString(x + y);
            case (TemplateList a, TemplateList b):
                budget.Items(a.Items.Count + b.Items.Count);
                return new TemplateList([.. a.Items, .. b.Items]);
            case (TemplateTuple a, TemplateTuple b):
                budget.Items(a.Items.Length + b.Items.Length);
                return new TemplateTuple([.. a.Items, .. b.Items]);
            default:
                throw PythonText.Is(left)
                    ? new TemplateException($"can only concatenate str (not \"{Python.TypeName(right)}\") to str")
                    : Unsupported("+", left, right);
        }
    }

    private static object Repeat(object? value, long times, TemplateBudget budget, object? other)
    {
        times = Math.Max(0, times);
        switch (value)
        {
            case string or SafeString:
                string text = PythonText.Raw(value);
                budget.Characters(Product(text.Length, times));
                return Rewrap(value, new StringBuilder().Insert(0, text, text.Length == 0 ? 0 : (int)times).ToString());
            case TemplateList list:
                budget.Items(Product(list.Items.Count, times));
                return new TemplateList(Repeated(list.Items, times));
            case TemplateTuple tuple:
                budget.Items(Product(tuple.Items.Length, times));
                return new TemplateTuple([.. Repeated(tuple.Items, times)]);
            default:
                throw Unsupported("*", value, other);
        }
    }

    private static List<object?> Repeated(IReadOnlyList<object?> items, long times)
    {
        var result = new List<object?>();
        for (long i = 0; i < times && items.Count > 0; i++)
        {
            result.AddRange(items);
        }

        return result;
    }

    private static long Product(long size, long times) => size == 0 ? 0 : times > long.MaxValue / 2 / size ? long.MaxValue / 2 : size * times;

    private static TemplateException Unsupported(string operation, object? left, object? right) =>
        new($"unsupported operand type(s) for {operation}: '{Python.TypeName(left)}' and '{Python.TypeName(right)}'");
}
