using System.Globalization;
using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>Strings as the template language has them: counted in code points, printed and quoted by its rules.</summary>
internal static class PythonText
{
    /// <summary>The characters of a string, marked safe or not.</summary>
    public static string Raw(object? value) => value is SafeString safe ? safe.Text : (string)value!;

    public static bool Is(object? value) => value is string or SafeString;

    /// <summary>A string, or an error.</summary>
    public static string Require(object? value, string what) => value switch
    {
        string or SafeString => Raw(value),
        Undefined undefined => throw undefined.Error(),
        _ => throw new TemplateException($"{what} must be str, not {Python.TypeName(value)}"),
    };

    /// <summary>What the language prints for a value.</summary>
    public static string Str(object? value, TemplateBudget budget)
    {
        switch (value)
        {
            case string text:
                return text;
            case SafeString safe:
                return safe.Text;
            case Undefined:
                return "";
            default:
                var result = new StringBuilder();
                Repr(value, result, budget);
                return result.ToString();
        }
    }

    /// <summary>What the language prints for a value inside a list.</summary>
    public static void Repr(object? value, StringBuilder result, TemplateBudget budget)
    {
        TemplateBudget.CheckStack();
        budget.Step();
        int before = result.Length;
        switch (value)
        {
            case null:
                result.Append("None");
                break;
            case bool flag:
                result.Append(flag ? "True" : "False");
                break;
            case long number:
                result.Append(number);
                break;
            case double number:
                result.Append(PythonNumber.Text(number));
                break;
            case string text:
                Quote(text, result);
                break;
            case SafeString safe:
                Quote(safe.Text, result.Append("Markup("));
                result.Append(')');
                break;
            case TemplateList list:
                List(list.Items, "[", "]", result, budget);
                break;
            case TemplateTuple tuple:
                List(tuple.Items, "(", tuple.Items.Length == 1 ? ",)" : ")", result, budget);
                break;
            case DictionaryView view:
                List(view.Items, view.Kind + "([", "])", result, budget);
                break;
            case TemplateDictionary dictionary:
                Dictionary(dictionary, result, budget);
                break;
            case TemplateRange range:
                result.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}{(range.Step == 1 ? "" : $", {range.Step}")})");
                break;
            case Undefined:
                result.Append("Undefined");
                break;
            case TemplateNamespace:
                result.Append("<Namespace>");
                break;
            default:
                result.Append('<').Append(Python.TypeName(value)).Append(" object>");
                break;
        }

        budget.Characters(result.Length - before);
    }

    /// <summary>Length in code points.</summary>
    public static long Length(string text)
    {
        long length = text.Length;
        TemplateBudget.Work(length / 8);
        foreach (char c in text)
        {
            length -= char.IsLowSurrogate(c) ? 1 : 0;
        }

        return length;
    }

    /// <summary>The code points of a string, a string each.</summary>
    public static List<object?> CodePoints(string text)
    {
        var result = new List<object?>(text.Length);
        for (int at = 0; at < text.Length;)
        {
            Text.CodePoints.At(text, at, out int length);
            result.Add(text.Substring(at, length));
            at += length;
        }

        return result;
    }

    /// <summary>White space that strip and split know: that of the Unicode standard and four control characters.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    public static string Strip(string text, string? characters, bool left, bool right)
    {
        int start = 0, end = text.Length;
        while (left && start < end && Drops(text, start, characters, out int length))
        {
            start += length;
        }

        while (right && end > start && Drops(text, Text.CodePoints.Before(text, end), characters, out int length))
        {
            end -= length;
        }

        return text[start..end];
    }

    /// <summary>Escapes the five signs of HTML.</summary>
    public static string Escape(string text, TemplateBudget budget)
    {
        budget.Characters(text.Length * 5L);
        return text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal)
            .Replace("\"", "&#34;", StringComparison.Ordinal);
    }

    private static bool Drops(string text, int at, string? characters, out int length)
    {
        Text.CodePoints.At(text, at, out length);
        return characters is null ? IsSpace(text[at]) : characters.Contains(text.Substring(at, length), StringComparison.Ordinal);
    }

    private static void List(IReadOnlyList<object?> items, string open, string close, StringBuilder result, TemplateBudget budget)
    {
        result.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            Repr(items[i], i == 0 ? result : result.Append(", "), budget);
        }

        result.Append(close);
    }

    private static void Dictionary(TemplateDictionary dictionary, StringBuilder result, TemplateBudget budget)
    {
        result.Append('{');
        bool first = true;
        foreach ((object? key, object? value) in dictionary.Entries)
        {
            Repr(key, first ? result : result.Append(", "), budget);
            Repr(value, result.Append(": "), budget);
            first = false;
        }

        result.Append('}');
    }

    private static void Quote(string text, StringBuilder result)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        result.Append(quote);
        for (int at = 0; at < text.Length;)
        {
            int codePoint = Text.CodePoints.At(text, at, out int length);
            switch (codePoint)
            {
                case '\\':
                    result.Append("\\\\");
                    break;
                case '\n':
                    result.Append("\\n");
                    break;
                case '\r':
                    result.Append("\\r");
                    break;
                case '\t':
                    result.Append("\\t");
                    break;
                case var c when c == quote:
                    result.Append('\\').Append(quote);
                    break;
                case var c when IsPrintable(c):
                    result.Append(text, at, length);
                    break;
                default:
                    string form = codePoint <= 0xFF ? $"\\x{codePoint:x2}" : codePoint <= 0xFFFF ? $"\\u{codePoint:x4}" : $"\\U{codePoint:x8}";
                    result.Append(form);
                    break;
            }

            at += length;
        }

        result.Append(quote);
    }

    private static bool IsPrintable(int codePoint) => codePoint == ' ' || CharUnicodeInfo.GetUnicodeCategory(codePoint) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
