using System.Globalization;
using System.Numerics;

namespace Temperament.Models.Text.Templates;

/// <summary>Parses expressions, from the loosest binding to the tightest: condition, or, and, not, comparison, sum, ~, product, power, sign.</summary>
internal sealed class ExpressionParser(TokenReader reader)
{
    private readonly List<string> _unknown = [];

    /// <summary>Whether an unknown filter or test is an error only when it is reached: inside of a condition.</summary>
    public bool IsLenient { get; set; }

    /// <summary>Names that were mentioned.</summary>
    public HashSet<string> Names { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Raises what was unknown.</summary>
    public void CheckNames()
    {
        if (_unknown.Count > 0)
        {
            throw new TemplateException(_unknown[0]);
        }
    }

    /// <summary>One expression, or several with commas between them.</summary>
    public Expression Tuple(bool withCondition = true) => Tuple(withCondition, inParentheses: false);

    public Expression Expression()
    {
        TemplateBudget.CheckStack();
        bool outer = IsLenient;
        int known = _unknown.Count;
        Expression expression = Or();
        while (reader.Current.IsName("if"))
        {
            // What stands in a condition is looked at only when it is reached.
            _unknown.RemoveRange(known, _unknown.Count - known);
            reader.Next();
            Expression test = Or();
            known = _unknown.Count;
            IsLenient = true;
            expression = new ConditionalExpression(test, expression, reader.SkipName("else") ? Expression() : null);
            IsLenient = outer;
        }

        return expression;
    }

    /// <summary>Filters of a block; the first one stands without a bar if the block starts with it.</summary>
    public FilterChain Filters(bool starts)
    {
        var filters = new List<FilterExpression>();
        while (starts || reader.SkipSign("|"))
        {
            starts = false;
            filters.Add(Filter(null));
        }

        return new FilterChain(filters);
    }

    private Expression Tuple(bool withCondition, bool inParentheses)
    {
        var items = new List<Expression>();
        bool isTuple = false;
        while (!IsTupleEnd(inParentheses))
        {
            items.Add(withCondition ? Expression() : Or());
            if (!reader.SkipSign(","))
            {
                break;
            }

            isTuple = true;
        }

        if (items.Count == 0 && !inParentheses)
        {
            throw reader.Wrong($"{reader.Current}, where an expression was expected");
        }

        return items.Count == 1 && !isTuple ? items[0] : new SequenceExpression(items, isTuple: true);
    }

    private bool IsTupleEnd(bool inParentheses) => reader.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd or TokenKind.End
        || (inParentheses && reader.Current.IsSign(")"));

    private Expression Or()
    {
        Expression left = And();
        while (reader.SkipName("or"))
        {
            left = new LogicExpression(left, And(), isAnd: false);
        }

        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        while (reader.SkipName("and"))
        {
            left = new LogicExpression(left, Not(), isAnd: true);
        }

        return left;
    }

    private Expression Not()
    {
        if (reader.SkipName("not"))
        {
            TemplateBudget.CheckStack();
            return new NotExpression(Not());
        }

        return Comparison();
    }

    private Expression Comparison()
    {
        Expression first = Sum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            TemplateToken token = reader.Current;
            if (token.Kind == TokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
            {
                reader.Next();
                rest.Add((token.Text, Sum()));
            }
            else if (reader.SkipName("in"))
            {
                rest.Add(("in", Sum()));
            }
            else if (token.IsName("not") && reader.Ahead(1).IsName("in"))
            {
                reader.Next();
                reader.Next();
                rest.Add(("not in", Sum()));
            }
            else
            {
                return rest.Count == 0 ? first : new CompareExpression(first, rest);
            }
        }
    }

    private Expression Sum()
    {
        Expression left = Concat();
        while (reader.Current.Kind == TokenKind.Operator && reader.Current.Text is "+" or "-")
        {
            left = new BinaryExpression(left, reader.Next().Text, Concat());
        }

        return left;
    }

    private Expression Concat()
    {
        Expression first = Product();
        if (!reader.Current.IsSign("~"))
        {
            return first;
        }

        var parts = new List<Expression> { first };
        while (reader.SkipSign("~"))
        {
            parts.Add(Product());
        }

        return new ConcatExpression(parts);
    }

    private Expression Product()
    {
        Expression left = Power();
        while (reader.Current.Kind == TokenKind.Operator && reader.Current.Text is "*" or "/" or "//" or "%")
        {
            left = new BinaryExpression(left, reader.Next().Text, Power());
        }

        return left;
    }

    private Expression Power()
    {
        Expression left = Unary(withFilters: true);
        while (reader.SkipSign("**"))
        {
            left = new BinaryExpression(left, "**", Unary(withFilters: true));
        }

        return left;
    }

    private Expression Unary(bool withFilters)
    {
        TemplateBudget.CheckStack();
        Expression node = reader.Current.IsSign("-") || reader.Current.IsSign("+")
            ? new SignExpression(isMinus: reader.Next().Text == "-", operand: Unary(withFilters: false))
            : Primary();
        node = Postfix(node);
        return withFilters ? FiltersAndTests(node) : node;
    }

    private Expression Primary()
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
                Names.Add(token.Text);
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
                Expression inner = Tuple(withCondition: true, inParentheses: true);
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

            items.Add(Expression());
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

            Expression key = Expression();
            reader.ExpectSign(":");
            entries.Add((key, Expression()));
        }

        return new DictionaryExpression(entries);
    }

    private Expression Postfix(Expression node)
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
                node = new CallExpression(node, Arguments());
            }
            else
            {
                return node;
            }
        }
    }

    private Expression Subscript(Expression node)
    {
        Expression? start = reader.Current.IsSign(":") ? null : Expression();
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

        Expression? stop = reader.Current.IsSign(":") || reader.Current.IsSign("]") ? null : Expression();
        Expression? step = reader.SkipSign(":") && !reader.Current.IsSign("]") ? Expression() : null;
        reader.ExpectSign("]");
        return new SliceExpression(node, start, stop, step);
    }

    private Expression FiltersAndTests(Expression node)
    {
        while (true)
        {
            if (reader.SkipSign("|"))
            {
                node = Filter(node);
            }
            else if (reader.SkipName("is"))
            {
                node = Test(node);
            }
            else if (reader.Current.IsSign("("))
            {
                node = new CallExpression(node, Arguments());
            }
            else
            {
                return node;
            }
        }
    }

    private FilterExpression Filter(Expression? operand)
    {
        string name = DottedName();
        ArgumentList arguments = reader.Current.IsSign("(") ? Arguments() : ArgumentList.Empty;
        Note(Templates.Filters.Exists(name), $"No filter named '{name}'.");
        return new FilterExpression(operand, name, arguments);
    }

    private TestExpression Test(Expression operand)
    {
        bool isNegated = reader.SkipName("not");
        string name = DottedName();
        ArgumentList arguments = ArgumentList.Empty;
        TemplateToken next = reader.Current;
        if (next.IsSign("("))
        {
            arguments = Arguments();
        }
        else if (next.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float || next.IsSign("[") || next.IsSign("{")
            || (next.Kind == TokenKind.Name && next.Text is not ("else" or "or" or "and" or "if" or "in" or "not")))
        {
            if (next.IsName("is"))
            {
                throw reader.Wrong("two tests in a row");
            }

            arguments = new ArgumentList([Postfix(Primary())], [], null, null);
        }

        Note(Tests.Exists(name), $"No test named '{name}'.");
        return new TestExpression(operand, name, arguments, isNegated);
    }

    private void Note(bool exists, string error)
    {
        if (!exists && !IsLenient)
        {
            _unknown.Add(error);
        }
    }

    private string DottedName()
    {
        string name = reader.Name();
        while (reader.SkipSign("."))
        {
            name += "." + reader.Name();
        }

        return name;
    }

    private ArgumentList Arguments()
    {
        reader.ExpectSign("(");
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Expression? more = null, moreNamed = null;
        for (bool first = true; !reader.SkipSign(")"); first = false)
        {
            if (!first)
            {
                reader.ExpectSign(",");
                if (reader.SkipSign(")"))
                {
                    break;
                }
            }

            if (more is null && moreNamed is null && reader.SkipSign("*"))
            {
                more = Expression();
            }
            else if (moreNamed is null && reader.SkipSign("**"))
            {
                moreNamed = Expression();
            }
            else if (reader.Current.Kind == TokenKind.Name && reader.Ahead(1).IsSign("="))
            {
                string name = reader.Name();
                reader.Next();
                named.Add((name, Expression()));
            }
            else if (named.Count == 0 && more is null && moreNamed is null)
            {
                positional.Add(Expression());
            }
            else
            {
                throw reader.Wrong("an argument by place behind one by name");
            }
        }

        return new ArgumentList(positional, named, more, moreNamed);
    }
}
