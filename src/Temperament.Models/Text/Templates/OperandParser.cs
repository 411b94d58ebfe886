using System.Globalization;
using System.Numerics;

namespace Temperament.Models.Text.Templates;

/// <summary>Parses operands: names, literals, lists and dictionaries, and what follows them: attributes, items, slices and calls.</summary>
internal sealed class OperandParser(TokenReader reader, ExpressionParser expressions, CallParser calls)
{
    /// <summary>A name, a literal, or something in brackets.</summary>
    public Expression Operand()
    {
        TemplateToken token = reader.Next();
        switch (token.Kind)
        {
            case TokenKind.Name when token.Text is "true" or "True":
                return new Constant(true);
            case TokenKind.Name when token.Text is "false" or "False":
                return new Constant(false);
            case TokenKind.Name when token.Text is "none" or "None":
                return new Constant(null);
            case TokenKind.Name:
                expressions.Names.Add(token.Text);
                return new NameExpression(token.Text);
            case TokenKind.String:
                string text = token.Text;
                while (reader.Current.Kind == TokenKind.String)
                {
                    text += reader.Next().Text;
                }

                return new Constant(text);
            case TokenKind.Integer:
                return new Constant(Whole(token.Text));
            case TokenKind.Float:
                return new Constant(double.Parse(token.Text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
            case TokenKind.Operator when token.Text == "(":
                Expression inner = expressions.Tuple(inParentheses: true);
                reader.ExpectSign(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new SequenceExpression(Items("]"), isTuple: false);
            case TokenKind.Operator when token.Text == "{":
                return Dictionary();
            default:
                throw reader.Wrong($"{token}, where an expression was expected");
        }
    }

    /// <summary>Everything that stands directly behind an operand.</summary>
    public Expression Postfix(Expression node)
    {
        while (true)
        {
            if (reader.SkipSign("."))
            {
                TemplateToken name = reader.Next();
                node = name.Kind switch
                {
                    TokenKind.Name => new AttributeExpression(node, name.Text),
                    TokenKind.Integer => new ItemExpression(node, new Constant(Whole(name.Text))),
                    _ => throw reader.Wrong($"{name}, where a name or number was expected"),
                };
            }
            else if (reader.SkipSign("["))
            {
                node = Subscript(node);
            }
            else if (reader.Current.IsSign("("))
            {
                node = new CallExpression(node, calls.Arguments());
            }
            else
            {
                return node;
            }
        }
    }

    private long Whole(string text)
    {
        string digits = text.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        int radix = digits.Length > 1 && digits[0] == '0' ? digits[1] switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        BigInteger value = BigInteger.Zero;
        foreach (char c in radix == 10 ? digits : digits[2..])
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : c - 'a' + 10;
            value = (value * radix) + digit;
            if (digit >= radix || value > long.MaxValue)
            {
                throw reader.Wrong($"the whole number {(text.Length > 40 ? text[..40] + "…" : text)}, where one of 64 bits was expected");
            }
        }

        return (long)value;
    }

    private List<Expression> Items(string end)
    {
        var items = new List<Expression>();
        while (!reader.SkipSign(end))
        {
            if (items.Count > 0)
            {
                reader.ExpectSign(",");
                if (reader.SkipSign(end))
                {
                    break;
                }
            }

            items.Add(expressions.Expression());
        }

        return items;
    }

    private DictionaryExpression Dictionary()
    {
        var entries = new List<(Expression, Expression)>();
        while (!reader.SkipSign("}"))
        {
            if (entries.Count > 0)
            {
                reader.ExpectSign(",");
                if (reader.SkipSign("}"))
                {
                    break;
                }
            }

            Expression key = expressions.Expression();
            reader.ExpectSign(":");
            entries.Add((key, expressions.Expression()));
        }

        return new DictionaryExpression(entries);
    }

    private Expression Subscript(Expression node)
    {
        Expression? start = reader.Current.IsSign(":") ? null : expressions.Expression();
        if (!reader.SkipSign(":"))
        {
            if (reader.SkipSign(","))
            {
                start = new SequenceExpression([start!, .. Items("]")], isTuple: true);
                return new ItemExpression(node, start);
            }

            reader.ExpectSign("]");
            return new ItemExpression(node, start!);
        }

        Expression? stop = reader.Current.IsSign(":") || reader.Current.IsSign("]") ? null : expressions.Expression();
        Expression? step = reader.SkipSign(":") && !reader.Current.IsSign("]") ? expressions.Expression() : null;
        reader.ExpectSign("]");
        return new SliceExpression(node, start, stop, step);
    }
}
