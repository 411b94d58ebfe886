using System.Globalization;
using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>
/// Cuts a template into tokens, with the white space rules of chat templates: a line break behind a statement is dropped, spaces
/// before a statement on its own line are dropped, and minus signs drop all white space on their side.
/// https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Signs =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private bool _lineStarts = true;

    private TemplateLexer(string source)
    {
        _source = source;
    }

    public static List<TemplateToken> Cut(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new TemplateLexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_at < _source.Length)
        {
            int open = NextOpening(_at);
            if (open < 0)
            {
                AddData(_source[_at..]);
                break;
            }

            char kind = _source[open + 1];
            char sign = open + 2 < _source.Length ? _source[open + 2] : '\0';
            string data = _source[_at..open];
            AddData(TrimBefore(data, sign, kind != '{'));
            Advance(open + 2 + (sign is '-' or '+' ? 1 : 0));
            if (kind == '#')
            {
                SkipComment();
            }
            else if (kind == '%' && IsRaw(out int behind))
            {
                Advance(behind);
                Raw();
            }
            else
            {
                Add(kind == '{' ? TokenKind.VariableBegin : TokenKind.BlockBegin, _source.Substring(open, 2));
                Inside(kind == '{');
            }
        }

        Add(TokenKind.End, "");
    }

    private int NextOpening(int from)
    {
        for (int at = _source.IndexOf('{', from); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private string TrimBefore(string data, char sign, bool isStatement)
    {
        if (sign == '-')
        {
            return PythonText.Strip(data, null, left: false, right: true);
        }

        int line = data.LastIndexOf('\n') + 1;
        return sign != '+' && isStatement && (line > 0 || _lineStarts) && line < data.Length && data.AsSpan(line).IndexOfAnyExcept(" \t\f\v") < 0
            ? data[..line]
            : data;
    }

    private void SkipComment()
    {
        int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Wrong("a comment without its end");
        }

        Close(end, isStatement: true);
    }

    // Goes behind an end of two characters; the character before it may say what happens to white space.
    private void Close(int end, bool isStatement)
    {
        char sign = end > 0 ? _source[end - 1] : '\0';
        int next = end + 2;
        if (sign == '-')
        {
            while (next < _source.Length && PythonText.IsSpace(_source[next]))
            {
                next++;
            }
        }
        else if (sign != '+' && isStatement && next < _source.Length && _source[next] == '\n')
        {
            next++;
        }

        Advance(next);
        _lineStarts = _source[next - 1] == '\n';
    }

    private bool IsRaw(out int behind)
    {
        behind = SkipSpace(_at);
        if (string.CompareOrdinal(_source, behind, "raw", 0, 3) != 0)
        {
            return false;
        }

        behind = SkipSpace(behind + 3);
        if (string.CompareOrdinal(_source, behind, "-%}", 0, 3) == 0)
        {
            behind = SkipSpace(behind + 3);
            return true;
        }

        behind += 2;
        return string.CompareOrdinal(_source, behind - 2, "%}", 0, 2) == 0;
    }

    private void Raw()
    {
        for (int open = _source.IndexOf("{%", _at, StringComparison.Ordinal); open >= 0; open = _source.IndexOf("{%", open + 1, StringComparison.Ordinal))
        {
            char sign = open + 2 < _source.Length ? _source[open + 2] : '\0';
            int name = SkipSpace(open + 2 + (sign is '-' or '+' ? 1 : 0));
            if (string.CompareOrdinal(_source, name, "endraw", 0, 6) != 0)
            {
                continue;
            }

            int end = SkipSpace(name + 6);
            end += end < _source.Length && _source[end] is '-' or '+' ? 1 : 0;
            if (string.CompareOrdinal(_source, end, "%}", 0, 2) == 0)
            {
                AddData(TrimBefore(_source[_at..open], sign, isStatement: true));
                Close(end, isStatement: true);
                return;
            }
        }

        if (_at < _source.Length)
        {
            throw Wrong("raw without endraw");
        }
    }

    private void Inside(bool isVariable)
    {
        var open = new Stack<char>();
        string end = isVariable ? "}}" : "%}";
        while (true)
        {
            Advance(SkipSpace(_at));
            if (_at >= _source.Length)
            {
                // A statement that is not closed: the parser says what it missed.
                return;
            }

            if (open.Count == 0)
            {
                int signs = _source[_at] == '-' || (_source[_at] == '+' && !isVariable) ? 1 : 0;
                if (string.CompareOrdinal(_source, _at + signs, end, 0, 2) == 0)
                {
                    Add(isVariable ? TokenKind.VariableEnd : TokenKind.BlockEnd, end);
                    int place = _at + signs;
                    if (signs == 0)
                    {
                        // The character before the end is no sign of it.
                        Advance(place + 2 + (!isVariable && place + 2 < _source.Length && _source[place + 2] == '\n' ? 1 : 0));
                        _lineStarts = _source[_at - 1] == '\n';
                    }
                    else
                    {
                        Close(place, !isVariable);
                    }

                    return;
                }
            }

            Token(open);
        }
    }

    private void Token(Stack<char> open)
    {
        char c = _source[_at];
        if (char.IsAsciiDigit(c))
        {
            Number();
        }
        else if (c == '_' || char.IsLetter(c))
        {
            int end = _at;
            while (end < _source.Length && (_source[end] == '_' || char.IsLetterOrDigit(_source[end])))
            {
                end++;
            }

            AddAndAdvance(TokenKind.Name, end);
        }
        else if (c is '\'' or '"')
        {
            String(c);
        }
        else
        {
            string? sign = Array.Find(Signs, s => string.CompareOrdinal(_source, _at, s, 0, s.Length) == 0);
            Balance(sign ?? throw Wrong($"the character {c}, which means nothing here,"), open);
            AddAndAdvance(TokenKind.Operator, _at + sign.Length);
        }
    }

    private void Balance(string sign, Stack<char> open)
    {
        switch (sign)
        {
            case "(" or "[" or "{":
                open.Push(sign[0] == '(' ? ')' : (char)(sign[0] + 2));
                break;
            case ")" or "]" or "}":
                if (!open.TryPop(out char expected) || expected != sign[0])
                {
                    throw Wrong($"{sign} where {(expected == '\0' ? "none is open" : expected)} was expected");
                }

                break;
        }
    }

    private void Number()
    {
        int end = _at;
        if (_source[_at] == '0' && _at + 1 < _source.Length && char.ToLowerInvariant(_source[_at + 1]) is 'x' or 'o' or 'b')
        {
            end += 2;
            while (end < _source.Length && (char.IsAsciiHexDigit(_source[end]) || _source[end] == '_'))
            {
                end++;
            }

            AddAndAdvance(TokenKind.Integer, end);
            return;
        }

        bool afterDot = _at > 0 && _source[_at - 1] == '.';
        Digits(ref end);
        bool isFloat = false;
        if (!afterDot && end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]))
        {
            isFloat = true;
            end++;
            Digits(ref end);
        }

        if (!afterDot && end + 1 < _source.Length && _source[end] is 'e' or 'E')
        {
            int exponent = end + 1 + (_source[end + 1] is '+' or '-' ? 1 : 0);
            if (exponent < _source.Length && char.IsAsciiDigit(_source[exponent]))
            {
                isFloat = true;
                end = exponent;
                Digits(ref end);
            }
        }

        AddAndAdvance(isFloat ? TokenKind.Float : TokenKind.Integer, end);
    }

    private void Digits(ref int end)
    {
        while (end < _source.Length && (char.IsAsciiDigit(_source[end])
            || (_source[end] == '_' && end + 1 < _source.Length && char.IsAsciiDigit(_source[end + 1]))))
        {
            end++;
        }
    }

    private void String(char quote)
    {
        int end = _at + 1;
        while (end < _source.Length && _source[end] != quote)
        {
            end += _source[end] == '\\' ? 2 : 1;
        }

        if (end >= _source.Length)
        {
            throw Wrong("a string without its end");
        }

        Add(TokenKind.String, Unescape(_source.AsSpan((_at + 1)..end)));
        Advance(end + 1);
    }

    private string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            char c = text[++i];
            const string Simple = "abfnrtv\\'\"";
            const string Meant = "\a\b\f\n\r\t\v\\'\"";
            int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (Simple.IndexOf(c, StringComparison.Ordinal) is >= 0 and int index)
            {
                result.Append(Meant[index]);
            }
            else if (digits > 0)
            {
                result.Append(Character(text, i + 1, digits));
                i += digits;
            }
            else if (c is >= '0' and <= '7')
            {
                int value = 0, count = 0;
                for (; count < 3 && i + count < text.Length && text[i + count] is >= '0' and <= '7'; count++)
                {
                    value = (value * 8) + text[i + count] - '0';
                }

                result.Append((char)value);
                i += count - 1;
            }
            else if (c != '\n')
            {
                result.Append('\\').Append(c);
            }
        }

        return result.ToString();
    }

    private string Character(ReadOnlySpan<char> text, int at, int digits)
    {
        if (at + digits <= text.Length && int.TryParse(text.Slice(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            && value is >= 0 and <= 0x10FFFF)
        {
            return value is >= 0xD800 and <= 0xDFFF ? ((char)value).ToString() : char.ConvertFromUtf32(value);
        }

        throw Wrong("an escape that is no character");
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && PythonText.IsSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private void AddData(string data)
    {
        if (data.Length > 0)
        {
            Add(TokenKind.Data, data);
            _lineStarts = data[^1] == '\n';
        }
    }

    private void AddAndAdvance(TokenKind kind, int end)
    {
        Add(kind, _source[_at..end]);
        Advance(end);
    }

    private void Add(TokenKind kind, string text) => _tokens.Add(new TemplateToken(kind, text, _line));

    private void Advance(int to)
    {
        to = Math.Min(to, _source.Length);
        _line += _source.AsSpan(_at..to).Count('\n');
        _at = to;
    }

    private TemplateException Wrong(string what) => new($"line {_line}: {what}");
}
