namespace Temperament.Models.Text.Templates;

/// <summary>Cuts strings as Python's methods do. Each pass over a text takes time in proportion to its length, whatever the number of parts.</summary>
internal static class TextSplitting
{
    /// <summary>str.split and str.rsplit.</summary>
    public static TemplateList Split(RenderContext context, string text, CallArguments a, bool fromRight)
    {
        a.Expect("split", 0, "sep", "maxsplit");
        long most = a.Int(1, "maxsplit", -1);
        if (a.Get(0, "sep") is not { } given)
        {
            return ListOf(context, fromRight && most >= 0 ? AtSpaceFromRight(text, most) : AtSpace(text, most));
        }

        string separator = PythonText.Require(given, "sep");
        TemplateBudget.Search(text, separator);
        return separator.Length > 0
            ? ListOf(context, fromRight ? AtFromRight(text, separator, most) : At(text, separator, most))
            : throw new TemplateException("empty separator");
    }

    /// <summary>The lines of a text.</summary>
    public static List<string> Lines(string text, bool keepEnds)
    {
        var lines = new List<string>();
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '\n' or '\r' or '\v' or '\f' or (>= '\u001C' and <= '\u001E') or '\u0085' or '\u2028' or '\u2029')
            {
                int end = i;
                i += text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                lines.Add(text[start..(keepEnds ? i + 1 : end)]);
                start = i + 1;
            }
        }

        if (start < text.Length)
        {
            lines.Add(text[start..]);
        }

        return lines;
    }

    /// <summary>Splits at runs of white space; the rest stays whole after some parts.</summary>
    public static List<string> AtSpace(string text, long most)
    {
        var parts = new List<string>();
        for (int at = SkipSpace(text, 0); at < text.Length;)
        {
            if (most >= 0 && parts.Count >= most)
            {
                parts.Add(PythonText.Strip(text[at..], null, false, true));
                break;
            }

            int end = at;
            while (end < text.Length && !PythonText.IsSpace(text[end]))
            {
                end++;
            }

            parts.Add(text[at..end]);
            at = SkipSpace(text, end);
        }

        return parts;
    }

    /// <summary>str.partition and str.rpartition.</summary>
    public static TemplateTuple Partition(string text, string separator, bool fromRight)
    {
        if (separator.Length == 0)
        {
            throw new TemplateException("empty separator");
        }

        TemplateBudget.Search(text, separator);
        int at = fromRight ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at >= 0
            ? new TemplateTuple([text[..at], separator, text[(at + separator.Length)..]])
            : fromRight ? new TemplateTuple(["", "", text]) : new TemplateTuple([text, "", ""]);
    }

    /// <summary>Parts as a list, which is counted.</summary>
    public static TemplateList ListOf(RenderContext context, List<string> parts)
    {
        context.Budget.Items(parts.Count);
        return new TemplateList([.. parts]);
    }

    private static List<string> At(string text, string separator, long most)
    {
        var parts = new List<string>();
        int start = 0;
        while ((most < 0 || parts.Count < most) && text.IndexOf(separator, start, StringComparison.Ordinal) is >= 0 and int at)
        {
            parts.Add(text[start..at]);
            start = at + separator.Length;
        }

        parts.Add(text[start..]);
        return parts;
    }

    private static List<string> AtFromRight(string text, string separator, long most)
    {
        var parts = new List<string>();
        int end = text.Length;
        while ((most < 0 || parts.Count < most) && text.AsSpan(0, end).LastIndexOf(separator, StringComparison.Ordinal) is >= 0 and int at)
        {
            parts.Add(text[(at + separator.Length)..end]);
            end = at;
        }

        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    private static List<string> AtSpaceFromRight(string text, long most)
    {
        var parts = new List<string>();
        for (int end = SkipSpaceBack(text, text.Length); end > 0;)
        {
            if (parts.Count >= most)
            {
                parts.Add(PythonText.Strip(text[..end], null, true, false));
                break;
            }

            int start = end;
            while (start > 0 && !PythonText.IsSpace(text[start - 1]))
            {
                start--;
            }

            parts.Add(text[start..end]);
            end = SkipSpaceBack(text, start);
        }

        parts.Reverse();
        return parts;
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && PythonText.IsSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private static int SkipSpaceBack(string text, int end)
    {
        while (end > 0 && PythonText.IsSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }
}
