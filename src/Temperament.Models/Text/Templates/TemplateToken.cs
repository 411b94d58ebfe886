namespace Temperament.Models.Text.Templates;

/// <summary>What a token of a template is.</summary>
internal enum TokenKind
{
    /// <summary>Text that is printed as it is.</summary>
    Data,

    /// <summary>Begins a printed expression.</summary>
    VariableBegin,

    /// <summary>Ends a printed expression.</summary>
    VariableEnd,

    /// <summary>Begins a statement.</summary>
    BlockBegin,

    /// <summary>Ends a statement.</summary>
    BlockEnd,

    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A string; its text is unescaped.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction or exponent.</summary>
    Float,

    /// <summary>A sign.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>One token.</summary>
internal readonly record struct TemplateToken(TokenKind Kind, string Text, int Line)
{
    /// <summary>Whether it is this sign.</summary>
    public bool IsSign(string sign) => Kind == TokenKind.Operator && Text == sign;

    /// <summary>Whether it is this keyword.</summary>
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        TokenKind.VariableEnd => "end of print statement",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.End => "end of template",
        TokenKind.String => "a string",
        _ => $"'{Text}'",
    };
}
