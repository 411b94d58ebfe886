namespace Temperament.Models.Text.Templates;

/// <summary>Reads tokens one by one; the last one is the end and is never passed.</summary>
internal sealed class TokenReader(IReadOnlyList<TemplateToken> tokens)
{
    private int _at;

    public TemplateToken Current => tokens[_at];

    public TemplateToken Ahead(int count) => tokens[Math.Min(_at + count, tokens.Count - 1)];

    public TemplateToken Next()
    {
        TemplateToken token = tokens[_at];
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    public void Expect(TokenKind kind)
    {
        if (Current.Kind != kind)
        {
            throw Wrong($"{Current}, where {new TemplateToken(kind, kind.ToString(), 0)} was expected");
        }

        Next();
    }

    public string Name() => Current.Kind == TokenKind.Name ? Next().Text : throw Wrong($"{Current}, where a name was expected");

    public void ExpectName(string name)
    {
        if (!SkipName(name))
        {
            throw Wrong($"{Current}, where {name} was expected");
        }
    }

    public void ExpectSign(string sign)
    {
        if (!SkipSign(sign))
        {
            throw Wrong($"{Current}, where {sign} was expected");
        }
    }

    public bool SkipName(string name)
    {
        bool found = Current.IsName(name);
        if (found)
        {
            Next();
        }

        return found;
    }

    public bool SkipSign(string sign)
    {
        bool found = Current.IsSign(sign);
        if (found)
        {
            Next();
        }

        return found;
    }

    public TemplateException Wrong(string what) => new($"line {Current.Line}: {what}");
}
