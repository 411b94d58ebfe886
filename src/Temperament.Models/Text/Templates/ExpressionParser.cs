namespace Temperament.Models.Text.Templates;

/// <summary>Parses expressions, from the loosest binding to the tightest: condition, or, and, not, comparison, sum, ~, product, power, sign.</summary>
internal sealed class ExpressionParser
{
    private readonly TokenReader _reader;
    private readonly OperandParser _operands;
    private readonly CallParser _calls;

    public ExpressionParser(TokenReader reader)
    {
        _reader = reader;
        _calls = new CallParser(reader, this);
        _operands = new OperandParser(reader, this, _calls);
    }

    /// <summary>Whether an unknown filter or test is an error only when it is reached: inside of a condition.</summary>
    public bool IsLenient { get; set; }

    /// <summary>Names that were mentioned.</summary>
    public HashSet<string> Names { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Raises what was unknown.</summary>
    public void CheckNames() => _calls.CheckNames();

    /// <summary>Filters of a block; the first one stands without a bar if the block starts with it.</summary>
    public FilterChain Filters(bool starts) => _calls.Filters(starts);

    /// <summary>One expression, or several with commas between them.</summary>
    /// <param name="withCondition">Whether each may be a condition.</param>
    /// <param name="inParentheses">Whether a closing parenthesis ends them, so that there may be none.</param>
    public Expression Tuple(bool withCondition = true, bool inParentheses = false)
    {
        var items = new List<Expression>();
        bool isTuple = false;
        while (!IsTupleEnd(inParentheses))
        {
            items.Add(withCondition ? Expression() : Or());
            if (!_reader.SkipSign(","))
            {
                break;
            }

            isTuple = true;
        }

        if (items.Count == 0 && !inParentheses)
        {
            throw _reader.Wrong($"{_reader.Current}, where an expression was expected");
        }

        return items.Count == 1 && !isTuple ? items[0] : new SequenceExpression(items, isTuple: true);
    }

    /// <summary>A single operand with what stands directly behind it.</summary>
    public Expression Operand() => _operands.Postfix(_operands.Operand());

    /// <summary>One expression.</summary>
    public Expression Expression()
    {
        TemplateBudget.CheckStack();
        bool outer = IsLenient;
        int known = _calls.Unknown;
        Expression expression = Or();
        while (_reader.Current.IsName("if"))
        {
            // What stands in a condition is looked at only when it is reached.
            _calls.Forget(known);
            _reader.Next();
            Expression test = Or();
            known = _calls.Unknown;
            IsLenient = true;
            expression = new ConditionalExpression(test, expression, _reader.SkipName("else") ? Expression() : null);
            IsLenient = outer;
        }

        return expression;
    }

    private Expression Or()
    {
        Expression left = And();
        while (_reader.SkipName("or"))
        {
            left = new LogicExpression(left, And(), isAnd: false);
        }

        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        while (_reader.SkipName("and"))
        {
            left = new LogicExpression(left, Not(), isAnd: true);
        }

        return left;
    }

    private Expression Not()
    {
        if (_reader.SkipName("not"))
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
            TemplateToken token = _reader.Current;
            if (token.Kind == TokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
            {
                _reader.Next();
                rest.Add((token.Text, Sum()));
            }
            else if (_reader.SkipName("in"))
            {
                rest.Add(("in", Sum()));
            }
            else if (token.IsName("not") && _reader.Ahead(1).IsName("in"))
            {
                _reader.Next();
                _reader.Next();
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
        while (_reader.Current.Kind == TokenKind.Operator && _reader.Current.Text is "+" or "-")
        {
            left = new BinaryExpression(left, _reader.Next().Text, Concat());
        }

        return left;
    }

    private Expression Concat()
    {
        Expression first = Product();
        if (!_reader.Current.IsSign("~"))
        {
            return first;
        }

        var parts = new List<Expression> { first };
        while (_reader.SkipSign("~"))
        {
            parts.Add(Product());
        }

        return new ConcatExpression(parts);
    }

    private Expression Product()
    {
        Expression left = Power();
        while (_reader.Current.Kind == TokenKind.Operator && _reader.Current.Text is "*" or "/" or "//" or "%")
        {
            left = new BinaryExpression(left, _reader.Next().Text, Power());
        }

        return left;
    }

    private Expression Power()
    {
        Expression left = Unary(withFilters: true);
        while (_reader.SkipSign("**"))
        {
            left = new BinaryExpression(left, "**", Unary(withFilters: true));
        }

        return left;
    }

    private Expression Unary(bool withFilters)
    {
        TemplateBudget.CheckStack();
        Expression node = _reader.Current.IsSign("-") || _reader.Current.IsSign("+")
            ? new SignExpression(isMinus: _reader.Next().Text == "-", operand: Unary(withFilters: false))
            : _operands.Operand();
        node = _operands.Postfix(node);
        return withFilters ? _calls.FiltersAndTests(node) : node;
    }

    private bool IsTupleEnd(bool inParentheses) => _reader.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd or TokenKind.End
        || (inParentheses && _reader.Current.IsSign(")"));
}
