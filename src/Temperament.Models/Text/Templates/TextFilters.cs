using System.Globalization;
using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>Filters of strings.</summary>
internal static class TextFilters
{
    public static IReadOnlyDictionary<string, Func<RenderContext, object?, CallArguments, object?>> All { get; } =
        new Dictionary<string, Func<RenderContext, object?, CallArguments, object?>>(StringComparer.Ordinal)
        {
            ["string"] = (c, v, _) => v is SafeString ? v : PythonText.Str(v, c.Budget),
            ["upper"] = (c, v, _) => Change(c, v, TextCase.Upper),
            ["lower"] = (c, v, _) => Change(c, v, TextCase.Lower),
            ["title"] = (c, v, _) => Change(c, v, TextCase.TitleByWord),
            ["capitalize"] = (c, v, _) => Change(c, v, TextCase.Capitalize),
            ["trim"] = (c, v, a) => Change(c, v, s => PythonText.Strip(s, Characters(a.Expect("trim", 0, "chars")), true, true)),
            ["replace"] = (c, v, a) => Replace(c, v, a.Expect("replace", 2, "old", "new", "count")),
            ["indent"] = (c, v, a) => Change(c, Text(v), s => Indent(c, s, a.Expect("indent", 0, "width", "first", "blank"))),
            ["escape"] = (c, v, _) => v is SafeString ? v : new SafeString(PythonText.Escape(PythonText.Str(v, c.Budget), c.Budget)),
            ["e"] = (c, v, _) => v is SafeString ? v : new SafeString(PythonText.Escape(PythonText.Str(v, c.Budget), c.Budget)),
            ["forceescape"] = (c, v, _) => new SafeString(PythonText.Escape(PythonText.Str(v, c.Budget), c.Budget)),
            ["safe"] = (c, v, _) => v is SafeString ? v : new SafeString(PythonText.Str(v, c.Budget)),
            ["tojson"] = (c, v, a) => JsonText.Filter(c, v, a),
            ["format"] = (c, v, a) => PercentFormat.Apply(c, PythonText.Str(v, c.Budget), FormatArguments(a)),
            ["striptags"] = (c, v, _) => StripTags(PythonText.Str(v, c.Budget)),
            ["urlencode"] = (c, v, _) => UrlEncode(c, v),
            ["wordcount"] = (c, v, _) => (long)Words(PythonText.Str(v, c.Budget)),
            ["truncate"] = (_, v, a) => Truncate(v, a.Expect("truncate", 0, "length", "killwords", "end", "leeway")),
            ["center"] = (c, v, a) => Padding.Center(PythonText.Str(v, c.Budget), a.Expect("center", 0, "width").Int(0, "width", 80), " ", c.Budget),
            ["wordwrap"] = (_, v, a) => Wrap(PythonText.Raw(Text(v)), a.Int(0, "width", 79)),
            ["filesizeformat"] = (_, v, a) => FileSize(v, a.Expect("filesizeformat", 0, "binary").Flag(0, "binary")),
            ["xmlattr"] = (c, v, a) => XmlAttributes(c, v, a.Expect("xmlattr", 0, "autospace").Flag(0, "autospace", true)),
        };

    private static object? Text(object? value) => PythonText.Is(value) ? value
        : throw new TemplateException($"'{Python.TypeName(value)}' object has no attribute 'splitlines'");

    // A text, or pairs of names and values as in the query of an address.
    private static string UrlEncode(RenderContext context, object? value)
    {
        if (PythonText.Is(value) || !Python.IsIterable(value))
        {
            return Uri.EscapeDataString(PythonText.Str(value, context.Budget)).Replace("%2F", "/", StringComparison.Ordinal);
        }

        IEnumerable<object?> pairs = value is TemplateDictionary dictionary ? ListFilters.Pairs(dictionary) : Python.Items(value);
        string Part(object? part) => Uri.EscapeDataString(PythonText.Str(part, context.Budget)).Replace("%20", "+", StringComparison.Ordinal);
        return string.Join('&', pairs.Select(pair => Python.Items(pair) is [var name, var given]
            ? $"{Part(name)}={Part(given)}"
            : throw new TemplateException("urlencode takes a text or pairs")));
    }

    private static object Change(RenderContext context, object? value, Func<string, string> change)
    {
        string text = PythonText.Str(value, context.Budget);
        context.Budget.Characters(text.Length);
        string changed = change(text);
        return value is SafeString ? new SafeString(changed) : changed;
    }

    private static string? Characters(CallArguments arguments) =>
        arguments.Get(0, "chars") is { } value ? PythonText.Require(value, "chars") : null;

    private static object FormatArguments(CallArguments arguments)
    {
        if (arguments.Named.Count == 0)
        {
            return new TemplateTuple([.. arguments.Positional]);
        }

        var names = new TemplateDictionary();
        foreach ((string name, object? value) in arguments.Named)
        {
            names[name] = value;
        }

        return names;
    }

    private static string Replace(RenderContext context, object? value, CallArguments arguments) => StringMethods.Replace(
        context.Budget, PythonText.Str(value, context.Budget), PythonText.Str(arguments.Get(0, "old"), context.Budget),
        PythonText.Str(arguments.Get(1, "new"), context.Budget), arguments.Get(2, "count") is { } count ? PythonNumber.Int(count) : -1);

    private static string Indent(RenderContext context, string text, CallArguments arguments)
    {
        object? width = arguments.Get(0, "width", 4L);
        string indent;
        if (PythonText.Is(width))
        {
            indent = PythonText.Raw(width);
        }
        else
        {
            long count = Math.Max(0, PythonNumber.Int(width));
            context.Budget.Characters(count);
            indent = new string(' ', (int)count);
        }

        bool blank = arguments.Flag(2, "blank");
        List<string> lines = TextSplitting.Lines(text + "\n", keepEnds: false);
        context.Budget.Characters(text.Length + ((long)indent.Length * lines.Count));
        var result = new StringBuilder(arguments.Flag(1, "first") ? indent : "");
        for (int i = 0; i < lines.Count; i++)
        {
            result.Append(i == 0 ? "" : "\n").Append(i > 0 && (blank || lines[i].Length > 0) ? indent : "").Append(lines[i]);
        }

        return result.ToString();
    }

    private static string StripTags(string text)
    {
        var result = new StringBuilder();
        int at = 0;
        while (at < text.Length)
        {
            int open = text.IndexOf('<', at), close = open < 0 ? -1 : text.IndexOf('>', open);
            if (close < 0)
            {
                break;
            }

            result.Append(text, at, open - at);
            at = close + 1;
        }

        result.Append(text, at, text.Length - at);
        return string.Join(' ', TextSplitting.AtSpace(result.ToString(), -1))
            .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&#39;", "'", StringComparison.Ordinal).Replace("&#34;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
    }

    private static int Words(string text)
    {
        int words = 0;
        bool inside = false;
        foreach (char c in text)
        {
            bool isWord = CodePoints.IsWord(c);
            words += isWord && !inside ? 1 : 0;
            inside = isWord;
        }

        return words;
    }

    // Anything that has a length stays as it is if it is short enough; only text can be cut.
    private static object? Truncate(object? value, CallArguments arguments)
    {
        long length = arguments.Int(0, "length", 255);
        string end = arguments.Text(2, "end", "...");
        if (Python.Length(value) <= length + arguments.Int(3, "leeway", 5))
        {
            return value;
        }

        string text = PythonText.Require(value, "text");
        string cut = string.Concat(PythonText.CodePoints(text).Take((int)Math.Clamp(length - PythonText.Length(end), 0, int.MaxValue)));
        int space = arguments.Flag(1, "killwords") ? -1 : cut.LastIndexOf(' ');
        return (space < 0 ? cut : cut[..space]) + end;
    }

    private static string Wrap(string text, long width)
    {
        var lines = new List<string>();
        foreach (string paragraph in TextSplitting.Lines(text, keepEnds: false))
        {
            string line = "";
            foreach (string word in paragraph.Split(' '))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    lines.Add(line);
                    line = "";
                }

                line += (line.Length > 0 ? " " : "") + word;
            }

            lines.Add(line);
        }

        return string.Join('\n', lines);
    }

    private static string FileSize(object? value, bool isBinary)
    {
        if (!PythonNumber.TryGet(value, out double bytes))
        {
            throw new TemplateException($"filesizeformat takes a number, not {Python.TypeName(value)}");
        }

        double unit = isBinary ? 1024 : 1000;
        string[] names = isBinary ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
        if (bytes < unit)
        {
            return bytes == 1 ? "1 Byte" : $"{(long)bytes} Bytes";
        }

        int step = 0;
        double size = bytes / unit;
        while (size >= unit && step + 1 < names.Length)
        {
            size /= unit;
            step++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {names[step]}");
    }

    private static SafeString XmlAttributes(RenderContext context, object? value, bool startsWithSpace)
    {
        TemplateDictionary dictionary = value as TemplateDictionary ?? throw new TemplateException("xmlattr takes a mapping");
        string[] parts = [.. dictionary.Entries.Where(e => e.Value is not (null or Undefined)).Select(e =>
            $"{PythonText.Escape(PythonText.Str(e.Key, context.Budget), context.Budget)}=\"{PythonText.Escape(PythonText.Str(e.Value, context.Budget), context.Budget)}\"")];
        string text = string.Join(' ', parts);
        return new SafeString(startsWithSpace && text.Length > 0 ? " " + text : text);
    }
}
