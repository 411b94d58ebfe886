using System.Globalization;
using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>Writes values as JSON, byte for byte as Python's json.dumps does.</summary>
internal sealed class JsonText(TemplateBudget budget, bool ensureAscii, string? indent, string itemSeparator, string keySeparator, bool sortKeys)
{
    private readonly StringBuilder _result = new();

    /// <summary>The filter: ensure_ascii, indent, separators and sort_keys, by place or name.</summary>
    public static string Filter(RenderContext context, object? value, CallArguments arguments)
    {
        arguments.Expect("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        string? indent = arguments.Get(1, "indent") switch
        {
            null => null,
            string text => text,
            var number => Spaces(PythonNumber.Int(number), context.Budget),
        };
        (string items, string keys) = (indent is null ? ", " : ",", ": ");
        if (arguments.Get(2, "separators") is { } separators)
        {
            (items, keys) = Python.Items(separators) is [string first, string second]
                ? (first, second)
                : throw new TemplateException("separators must be two strings");
        }

        var json = new JsonText(context.Budget, arguments.Flag(0, "ensure_ascii"), indent, items, keys, arguments.Flag(3, "sort_keys"));
        json.Write(value, 0);
        return json._result.ToString();
    }

    private static string Spaces(long count, TemplateBudget budget)
    {
        budget.Characters(Math.Max(0, count));
        return new string(' ', (int)Math.Max(0, count));
    }

    private void Write(object? value, int depth)
    {
        TemplateBudget.CheckStack();
        budget.Step();
        int before = _result.Length;
        switch (value)
        {
            case string or SafeString:
                Quote(PythonText.Raw(value));
                break;
            case TemplateList list:
                List(list.Items, depth);
                break;
            case TemplateTuple tuple:
                List(tuple.Items, depth);
                break;
            case TemplateDictionary dictionary:
                Dictionary(dictionary, depth);
                break;
            default:
                _result.Append(Scalar(value) ?? throw new TemplateException($"Object of type {Python.TypeName(value)} is not JSON serializable"));
                break;
        }

        budget.Characters(_result.Length - before);
    }

    private static string? Scalar(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double.NaN => "NaN",
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        double number => PythonNumber.Text(number),
        _ => null,
    };

    private void List(IReadOnlyList<object?> items, int depth)
    {
        _result.Append('[');
        for (int i = 0; i < items.Count; i++)
        {
            Break(i > 0, depth + 1);
            Write(items[i], depth + 1);
        }

        End(items.Count, depth, ']');
    }

    private void Dictionary(TemplateDictionary dictionary, int depth)
    {
        _result.Append('{');
        IEnumerable<KeyValuePair<object?, object?>> entries = dictionary.Entries;
        if (sortKeys)
        {
            entries = entries.Order(Comparer<KeyValuePair<object?, object?>>.Create((a, b) => Python.Compare(a.Key, b.Key, "<")));
        }

        bool first = true;
        foreach ((object? key, object? value) in entries)
        {
            Break(!first, depth + 1);
            first = false;
            Quote(PythonText.Is(key)
                ? PythonText.Raw(key)
                : Scalar(key) ?? throw new TemplateException($"keys must be str, int, float, bool or None, not {Python.TypeName(key)}"));
            _result.Append(keySeparator);
            Write(value, depth + 1);
        }

        End(dictionary.Count, depth, '}');
    }

    private void Break(bool separates, int depth)
    {
        _result.Append(separates ? itemSeparator : "");
        NewLine(depth);
    }

    private void End(int count, int depth, char close)
    {
        if (count > 0)
        {
            NewLine(depth);
        }

        _result.Append(close);
    }

    private void NewLine(int depth)
    {
        if (indent is not null)
        {
            budget.Characters((long)indent.Length * depth);
            _result.Append('\n').Insert(_result.Length, indent, depth);
        }
    }

    private void Quote(string text)
    {
        _result.Append('"');
        foreach (char c in text)
        {
            string? escape = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => $"\\u{(int)c:x4}",
                > '~' when ensureAscii && c != '\u007F' => $"\\u{(int)c:x4}",
                _ => null,
            };
            if (escape is null)
            {
                _result.Append(c);
            }
            else
            {
                _result.Append(escape);
            }
        }

        _result.Append('"');
    }
}
