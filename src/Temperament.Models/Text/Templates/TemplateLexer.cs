namespace Temperament.Models.Text.Templates;

/// <summary>
/// Cuts a template into tokens, with the white space rules of chat templates: a line break behind a statement is dropped, spaces
/// before a statement on its own line are dropped, and minus signs drop all white space on their side.
/// https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control
/// </summary>
internal sealed class TemplateLexer
{
    private readonly SourceCursor _cursor;
    private readonly List<TemplateToken> _tokens = [];
    private readonly ExpressionLexer _inside;
    private bool _lineStarts = true;

    private TemplateLexer(string source)
    {
        _cursor = new SourceCursor(source);
        _inside = new ExpressionLexer(_cursor, _tokens);
    }

    private string Source => _cursor.Text;

    public static List<TemplateToken> Cut(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new TemplateLexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_cursor.At < Source.Length)
        {
            int open = NextOpening(_cursor.At);
            if (open < 0)
            {
                AddData(Source[_cursor.At..]);
                break;
            }

            char kind = Source[open + 1];
            char sign = open + 2 < Source.Length ? Source[open + 2] : '\0';
            string data = Source[_cursor.At..open];
            AddData(TrimBefore(data, sign, kind != '{'));
            _cursor.Advance(open + 2 + (sign is '-' or '+' ? 1 : 0));
            if (kind == '#')
            {
                SkipComment();
            }
            else if (kind == '%' && IsRaw(out int behind))
            {
                _cursor.Advance(behind);
                Raw();
            }
            else
            {
                Add(kind == '{' ? TokenKind.VariableBegin : TokenKind.BlockBegin, Source.Substring(open, 2));
                Inside(kind == '{');
            }
        }

        Add(TokenKind.End, "");
    }

    private int NextOpening(int from)
    {
        for (int at = Source.IndexOf('{', from); at >= 0 && at + 1 < Source.Length; at = Source.IndexOf('{', at + 1))
        {
            if (Source[at + 1] is '{' or '%' or '#')
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
        int end = Source.IndexOf("#}", _cursor.At, StringComparison.Ordinal);
        if (end < 0)
        {
            throw _cursor.Wrong("a comment without its end");
        }

        Close(end, isStatement: true);
    }

    // Goes behind an end of two characters; the character before it may say what happens to white space.
    private void Close(int end, bool isStatement)
    {
        char sign = end > 0 ? Source[end - 1] : '\0';
        int next = end + 2;
        if (sign == '-')
        {
            while (next < Source.Length && PythonText.IsSpace(Source[next]))
            {
                next++;
            }
        }
        else if (sign != '+' && isStatement && next < Source.Length && Source[next] == '\n')
        {
            next++;
        }

        _cursor.Advance(next);
        _lineStarts = Source[next - 1] == '\n';
    }

    private bool IsRaw(out int behind)
    {
        behind = _cursor.SkipSpace(_cursor.At);
        if (!_cursor.Stands("raw", behind))
        {
            return false;
        }

        behind = _cursor.SkipSpace(behind + 3);
        if (_cursor.Stands("-%}", behind))
        {
            behind = _cursor.SkipSpace(behind + 3);
            return true;
        }

        behind += 2;
        return _cursor.Stands("%}", behind - 2);
    }

    private void Raw()
    {
        for (int open = Source.IndexOf("{%", _cursor.At, StringComparison.Ordinal); open >= 0; open = Source.IndexOf("{%", open + 1, StringComparison.Ordinal))
        {
            char sign = open + 2 < Source.Length ? Source[open + 2] : '\0';
            int name = _cursor.SkipSpace(open + 2 + (sign is '-' or '+' ? 1 : 0));
            if (!_cursor.Stands("endraw", name))
            {
                continue;
            }

            int end = _cursor.SkipSpace(name + 6);
            end += end < Source.Length && Source[end] is '-' or '+' ? 1 : 0;
            if (_cursor.Stands("%}", end))
            {
                AddData(TrimBefore(Source[_cursor.At..open], sign, isStatement: true));
                Close(end, isStatement: true);
                return;
            }
        }

        if (_cursor.At < Source.Length)
        {
            throw _cursor.Wrong("raw without endraw");
        }
    }

    private void Inside(bool isVariable)
    {
        var open = new Stack<char>();
        string end = isVariable ? "}}" : "%}";
        while (true)
        {
            _cursor.Advance(_cursor.SkipSpace(_cursor.At));
            if (_cursor.At >= Source.Length)
            {
                // A statement that is not closed: the parser says what it missed.
                return;
            }

            if (open.Count == 0)
            {
                int signs = Source[_cursor.At] == '-' || (Source[_cursor.At] == '+' && !isVariable) ? 1 : 0;
                if (_cursor.Stands(end, _cursor.At + signs))
                {
                    Add(isVariable ? TokenKind.VariableEnd : TokenKind.BlockEnd, end);
                    int place = _cursor.At + signs;
                    if (signs == 0)
                    {
                        // The character before the end is no sign of it.
                        _cursor.Advance(place + 2 + (!isVariable && place + 2 < Source.Length && Source[place + 2] == '\n' ? 1 : 0));
                        _lineStarts = Source[_cursor.At - 1] == '\n';
                    }
                    else
                    {
                        Close(place, !isVariable);
                    }

                    return;
                }
            }

            _inside.Cut(open);
        }
    }

    private void AddData(string data)
    {
        if (data.Length > 0)
        {
            Add(TokenKind.Data, data);
            _lineStarts = data[^1] == '\n';
        }
    }

    private void Add(TokenKind kind, string text) => _tokens.Add(new TemplateToken(kind, text, _cursor.Line));
}
