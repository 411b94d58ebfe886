namespace Temperament.Models.Text.Templates;

/// <summary>Cuts what stands between the signs of a statement into names, numbers, strings and operators.</summary>
internal sealed class ExpressionLexer(SourceCursor cursor, List<TemplateToken> tokens)
{
    private static readonly string[] Signs =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    /// <summary>Takes the next token.</summary>
    /// <param name="open">Closing signs of the brackets that are open, kept up to date.</param>
    public void Cut(Stack<char> open)
    {
        char c = cursor.Text[cursor.At];
        if (char.IsAsciiDigit(c))
        {
            Number();
        }
        else if (c == '_' || char.IsLetter(c))
        {
            int end = cursor.At;
            while (end < cursor.Text.Length && (cursor.Text[end] == '_' || char.IsLetterOrDigit(cursor.Text[end])))
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
            string? sign = Array.Find(Signs, s => cursor.Stands(s, cursor.At));
            Balance(sign ?? throw cursor.Wrong($"the character {c}, which means nothing here,"), open);
            AddAndAdvance(TokenKind.Operator, cursor.At + sign.Length);
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
                    throw cursor.Wrong($"{sign} where {(expected == '\0' ? "none is open" : expected)} was expected");
                }

                break;
        }
    }

    private void Number()
    {
        int end = cursor.At;
        if (cursor.Text[cursor.At] == '0' && cursor.At + 1 < cursor.Text.Length && char.ToLowerInvariant(cursor.Text[cursor.At + 1]) is 'x' or 'o' or 'b')
        {
            end += 2;
            while (end < cursor.Text.Length && (char.IsAsciiHexDigit(cursor.Text[end]) || cursor.Text[end] == '_'))
            {
                end++;
            }

            AddAndAdvance(TokenKind.Integer, end);
            return;
        }

        bool afterDot = cursor.At > 0 && cursor.Text[cursor.At - 1] == '.';
        Digits(ref end);
        bool isFloat = false;
        if (!afterDot && end + 1 < cursor.Text.Length && cursor.Text[end] == '.' && char.IsAsciiDigit(cursor.Text[end + 1]))
        {
            isFloat = true;
            end++;
            Digits(ref end);
        }

        if (!afterDot && end + 1 < cursor.Text.Length && cursor.Text[end] is 'e' or 'E')
        {
            int exponent = end + 1 + (cursor.Text[end + 1] is '+' or '-' ? 1 : 0);
            if (exponent < cursor.Text.Length && char.IsAsciiDigit(cursor.Text[exponent]))
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
        while (end < cursor.Text.Length && (char.IsAsciiDigit(cursor.Text[end])
            || (cursor.Text[end] == '_' && end + 1 < cursor.Text.Length && char.IsAsciiDigit(cursor.Text[end + 1]))))
        {
            end++;
        }
    }

    private void String(char quote)
    {
        int end = cursor.At + 1;
        while (end < cursor.Text.Length && cursor.Text[end] != quote)
        {
            end += cursor.Text[end] == '\\' ? 2 : 1;
        }

        if (end >= cursor.Text.Length)
        {
            throw cursor.Wrong("a string without its end");
        }

        string text = StringLiteral.Unescape(cursor.Text.AsSpan((cursor.At + 1)..end)) ?? throw cursor.Wrong("an escape that is no character");
        tokens.Add(new TemplateToken(TokenKind.String, text, cursor.Line));
        cursor.Advance(end + 1);
    }

    private void AddAndAdvance(TokenKind kind, int end)
    {
        tokens.Add(new TemplateToken(kind, cursor.Text[cursor.At..end], cursor.Line));
        cursor.Advance(end);
    }
}
