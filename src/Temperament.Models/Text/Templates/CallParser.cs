namespace Temperament.Models.Text.Templates;

/// <summary>Parses filters, tests and the arguments of calls.</summary>
internal sealed class CallParser(TokenReader reader, ExpressionParser expressions)
{
    private readonly List<string> _unknown = [];

    /// <summary>How many filters and tests were unknown so far.</summary>
    public int Unknown => _unknown.Count;

    /// <summary>Forgets the unknown ones behind the first few.</summary>
    public void Forget(int behind) => _unknown.RemoveRange(behind, _unknown.Count - behind);

    /// <summary>Raises what was unknown.</summary>
    public void CheckNames()
    {
        if (_unknown.Count > 0)
        {
            throw new TemplateException(_unknown[0]);
        }
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

    /// <summary>The filters and tests behind an operand.</summary>
    public Expression FiltersAndTests(Expression node)
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

    /// <summary>The arguments of a call, with their parentheses.</summary>
    public ArgumentList Arguments()
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
                more = expressions.Expression();
            }
            else if (moreNamed is null && reader.SkipSign("**"))
            {
                moreNamed = expressions.Expression();
            }
            else if (reader.Current.Kind == TokenKind.Name && reader.Ahead(1).IsSign("="))
            {
                string name = reader.Name();
                reader.Next();
                named.Add((name, expressions.Expression()));
            }
            else if (named.Count == 0 && more is null && moreNamed is null)
            {
                positional.Add(expressions.Expression());
            }
            else
            {
                throw reader.Wrong("an argument by place behind one by name");
            }
        }

        return new ArgumentList(positional, named, more, moreNamed);
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
            || (next.Kind == TokenKind.Name && next.Text is not ("else" or "or" or "and")))
        {
            if (next.IsName("is"))
            {
                throw reader.Wrong("two tests in a row");
            }

            arguments = new ArgumentList([expressions.Operand()], [], null, null);
        }

        Note(Tests.Exists(name), $"No test named '{name}'.");
        return new TestExpression(operand, name, arguments, isNegated);
    }

    private void Note(bool exists, string error)
    {
        if (!exists && !expressions.IsLenient)
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
}
