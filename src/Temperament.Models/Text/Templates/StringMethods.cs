using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>Methods of strings.</summary>
internal static class StringMethods
{
    private delegate object? Method(RenderContext context, string text, CallArguments arguments);

    private static readonly Dictionary<string, Method> All = new(StringComparer.Ordinal)
    {
        ["upper"] = (_, s, _) => TextCase.Upper(s),
        ["lower"] = (_, s, _) => TextCase.Lower(s),
        ["casefold"] = (_, s, _) => TextCase.Lower(s.Replace("ß", "ss", StringComparison.Ordinal)),
        ["title"] = (_, s, _) => TextCase.Title(s),
        ["capitalize"] = (_, s, _) => TextCase.Capitalize(s),
        ["swapcase"] = (_, s, _) => TextCase.Swap(s),
        ["strip"] = (_, s, a) => PythonText.Strip(s, Characters(a), true, true),
        ["lstrip"] = (_, s, a) => PythonText.Strip(s, Characters(a), true, false),
        ["rstrip"] = (_, s, a) => PythonText.Strip(s, Characters(a), false, true),
        ["split"] = (c, s, a) => TextSplitting.Split(c, s, a, fromRight: false),
        ["rsplit"] = (c, s, a) => TextSplitting.Split(c, s, a, fromRight: true),
        ["splitlines"] = (c, s, a) => TextSplitting.ListOf(c, TextSplitting.Lines(s, a.Expect("splitlines", 0, "keepends").Flag(0, "keepends"))),
        ["partition"] = (_, s, a) => TextSplitting.Partition(s, Only(a), fromRight: false),
        ["rpartition"] = (_, s, a) => TextSplitting.Partition(s, Only(a), fromRight: true),
        ["startswith"] = (_, s, a) => AnyOf(a, "startswith", p => s.StartsWith(p, StringComparison.Ordinal)),
        ["endswith"] = (_, s, a) => AnyOf(a, "endswith", p => s.EndsWith(p, StringComparison.Ordinal)),
        ["removeprefix"] = (_, s, a) => s.StartsWith(Only(a), StringComparison.Ordinal) ? s[Only(a).Length..] : s,
        ["removesuffix"] = (_, s, a) => s.EndsWith(Only(a), StringComparison.Ordinal) ? s[..^Only(a).Length] : s,
        ["replace"] = (c, s, a) => Replace(c.Budget, s, a.Expect("replace", 2, "old", "new", "count").Text(0, "old"), a.Text(1, "new"), a.Int(2, "count", -1)),
        ["find"] = (_, s, a) => First(s, Only(a)),
        ["rfind"] = (_, s, a) => Last(s, Only(a)),
        ["index"] = (_, s, a) => Found(First(s, Only(a))),
        ["rindex"] = (_, s, a) => Found(Last(s, Only(a))),
        ["count"] = (_, s, a) => Count(s, Only(a)),
        ["join"] = Join,
        ["format"] = (c, s, a) => BraceFormat.Apply(c, s, a),
        ["format_map"] = (c, s, a) => BraceFormat.Apply(c, s, Named(a)),
        ["center"] = (c, s, a) => Padding.Center(s, Width(a), a.Text(1, "fillchar", " "), c.Budget),
        ["ljust"] = (c, s, a) => Padding.Left(s, Width(a), a.Text(1, "fillchar", " "), c.Budget),
        ["rjust"] = (c, s, a) => Padding.Right(s, Width(a), a.Text(1, "fillchar", " "), c.Budget),
        ["zfill"] = (c, s, a) => s.StartsWith('-') || s.StartsWith('+')
            ? s[..1] + Padding.Right(s[1..], Width(a) - 1, "0", c.Budget)
            : Padding.Right(s, Width(a), "0", c.Budget),
        ["expandtabs"] = (c, s, a) => ExpandTabs(c.Budget, s, a.Expect("expandtabs", 0, "tabsize").Int(0, "tabsize", 8)),
        ["isalnum"] = (_, s, _) => s.Length > 0 && s.All(char.IsLetterOrDigit),
        ["isalpha"] = (_, s, _) => s.Length > 0 && s.All(char.IsLetter),
        ["isdigit"] = (_, s, _) => s.Length > 0 && s.All(char.IsDigit),
        ["isdecimal"] = (_, s, _) => s.Length > 0 && s.All(char.IsDigit),
        ["isnumeric"] = (_, s, _) => s.Length > 0 && s.All(char.IsNumber),
        ["isspace"] = (_, s, _) => s.Length > 0 && s.All(PythonText.IsSpace),
        ["isupper"] = (_, s, _) => s.Any(char.IsUpper) && !s.Any(char.IsLower),
        ["islower"] = (_, s, _) => s.Any(char.IsLower) && !s.Any(char.IsUpper),
        ["istitle"] = (_, s, _) => TextCase.IsTitle(s),
        ["isascii"] = (_, s, _) => s.All(char.IsAscii),
        ["encode"] = (c, s, _) => EncodedBytes(c, s),
    };

    /// <summary>The method of a name, bound to a string, or null.</summary>
    public static TemplateFunction? Find(object value, string name) => All.TryGetValue(name, out Method? method)
        ? new TemplateFunction(name, (context, arguments) =>
        {
            string text = PythonText.Raw(value);
            context.Budget.Characters(text.Length);
            object? result = method(context, text, arguments);
            return value is SafeString && result is string plain ? new SafeString(plain) : result;
        })
        : null;

    public static string Replace(TemplateBudget budget, string text, string old, string replacement, long count)
    {
        TemplateBudget.Search(text, old);
        long most = count < 0 ? long.MaxValue : count;
        var result = new StringBuilder();
        int at = 0;
        for (long done = 0; done < most; done++)
        {
            int found = old.Length > 0 ? text.IndexOf(old, at, StringComparison.Ordinal) : at;
            if (found < 0)
            {
                break;
            }

            budget.Step();
            result.Append(text, at, found - at).Append(replacement);
            budget.Characters(replacement.Length);
            at = found + old.Length;
            if (old.Length == 0)
            {
                if (at >= text.Length)
                {
                    break;
                }

                CodePoints.At(text, at, out int length);
                result.Append(text, at, length);
                at += length;
            }
        }

        result.Append(text, at, text.Length - at);
        budget.Characters(result.Length);
        return result.ToString();
    }

    private static string Only(CallArguments a) => a.Expect("the method", 1, "argument").Text(0, "argument");

    private static long Width(CallArguments a) => a.Expect("the method", 1, "width", "fillchar").Int(0, "width");

    private static string? Characters(CallArguments a) => a.Expect("strip", 0, "chars").Get(0, "chars") is { } value ? PythonText.Require(value, "chars") : null;

    private static bool AnyOf(CallArguments a, string method, Func<string, bool> fits) => a.Expect(method, 1, "prefix").Get(0, "prefix") switch
    {
        TemplateTuple tuple => tuple.Items.Any(p => fits(PythonText.Require(p, method))),
        var only => fits(PythonText.Require(only, method)),
    };

    private static long First(string text, string part)
    {
        TemplateBudget.Search(text, part);
        return Place(text, text.IndexOf(part, StringComparison.Ordinal));
    }

    private static long Last(string text, string part)
    {
        TemplateBudget.Search(text, part);
        return Place(text, text.LastIndexOf(part, StringComparison.Ordinal));
    }

    private static long Place(string text, int at) => at < 0 ? -1 : PythonText.Length(text[..at]);

    private static long Found(long place) => place >= 0 ? place : throw new TemplateException("substring not found");

    private static long Count(string text, string part)
    {
        if (part.Length == 0)
        {
            return PythonText.Length(text) + 1;
        }

        TemplateBudget.Search(text, part);
        long count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static string Join(RenderContext context, string text, CallArguments a)
    {
        IReadOnlyList<object?> items = Python.Items(a.Expect("join", 1, "iterable").Get(0, "iterable"));
        for (int i = 0; i < items.Count; i++)
        {
            if (!PythonText.Is(items[i]))
            {
                throw new TemplateException($"sequence item {i}: expected str instance, {Python.TypeName(items[i])} found");
            }
        }

        string[] parts = [.. items.Select(PythonText.Raw)];
        context.Budget.Characters(parts.Sum(p => (long)p.Length) + ((long)text.Length * parts.Length));
        return string.Join(text, parts);
    }

    private static CallArguments Named(CallArguments a)
    {
        TemplateDictionary names = a.Expect("format_map", 1, "mapping").Get(0, "mapping") as TemplateDictionary
            ?? throw new TemplateException("format_map takes a mapping");
        return new CallArguments([], [.. names.Entries.Where(e => PythonText.Is(e.Key)).Select(e => KeyValuePair.Create(PythonText.Raw(e.Key), e.Value))]);
    }

    private static string ExpandTabs(TemplateBudget budget, string text, long size)
    {
        var result = new StringBuilder();
        long column = 0;
        foreach (char c in text)
        {
            if (c == '\t')
            {
                long spaces = size <= 0 ? 0 : size - (column % size);
                budget.Characters(spaces);
                result.Append(' ', (int)spaces);
                column += spaces;
            }
            else
            {
                result.Append(c);
                column = c is '\n' or '\r' ? 0 : column + 1;
            }
        }

        return result.ToString();
    }

    // Bytes have no use in a template but to be shown.
    private static string EncodedBytes(RenderContext context, string text)
    {
        context.Budget.Characters(text.Length * 12L);
        var result = new StringBuilder("b'");
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            string shown = b switch
            {
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                (byte)'\\' => "\\\\",
                (byte)'\'' => "\\'",
                >= 0x20 and < 0x7F => ((char)b).ToString(),
                _ => $"\\x{b:x2}",
            };
            result.Append(shown);
        }

        return result.Append('\'').ToString();
    }
}
