namespace Temperament.Models.Text.Templates;

/// <summary>Turns the tokens of a template into statements.</summary>
internal sealed class TemplateParser
{
    private readonly TokenReader _reader;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private TemplateParser(TokenReader reader)
    {
        _reader = reader;
        _expressions = new ExpressionParser(reader);
    }

    /// <summary>Parses a whole template.</summary>
    /// <exception cref="TemplateException">The template is not right.</exception>
    public static IReadOnlyList<Statement> Parse(string source)
    {
        var parser = new TemplateParser(new TokenReader(TemplateLexer.Cut(source)));
        IReadOnlyList<Statement> body = parser.Body([]);
        parser._expressions.CheckNames();
        return body;
    }

    // Reads statements up to one of the end tags, whose name it leaves to be read.
    private List<Statement> Body(params ReadOnlySpan<string> ends)
    {
        TemplateBudget.CheckStack();
        var body = new List<Statement>();
        while (true)
        {
            TemplateToken token = _reader.Current;
            switch (token.Kind)
            {
                case TokenKind.End when ends.Length == 0:
                    return body;
                case TokenKind.End:
                    throw _reader.Wrong($"the end of the template, where {string.Join(" or ", ends.ToArray())} is missing");
                case TokenKind.Data:
                    _reader.Next();
                    body.Add(new DataStatement(token.Text));
                    break;
                case TokenKind.VariableBegin:
                    _reader.Next();
                    body.Add(new PrintStatement(_expressions.Tuple()));
                    _reader.Expect(TokenKind.VariableEnd);
                    break;
                default:
                    _reader.Expect(TokenKind.BlockBegin);
                    if (_reader.Current.Kind == TokenKind.Name && ends.Contains(_reader.Current.Text))
                    {
                        return body;
                    }

                    body.Add(Statement());
                    break;
            }
        }
    }

    private List<Statement> BodyUpTo(string end)
    {
        List<Statement> body = Body(end);
        _reader.Next();
        return body;
    }

    private Statement Statement()
    {
        string tag = _reader.Name();
        Statement statement = tag switch
        {
            "if" => If(),
            "for" => For(),
            "set" => Set(),
            "macro" => Macro(),
            "call" => Call(),
            "filter" => Filter(),
            "with" => With(),
            "block" => Block(),
            "generation" => Generation(),
            "print" => new PrintStatement(_expressions.Tuple()),
            "break" when _loops > 0 => new SignalStatement(LoopSignal.Break),
            "continue" when _loops > 0 => new SignalStatement(LoopSignal.Continue),
            "break" or "continue" => throw _reader.Wrong($"{tag} outside of a loop"),
            "include" or "import" or "from" or "extends" => throw _reader.Wrong($"{tag}, which reads other files and is not allowed"),
            _ => throw _reader.Wrong($"the tag {tag}, which is not known here"),
        };
        _reader.Expect(TokenKind.BlockEnd);
        return statement;
    }

    private IfStatement If()
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        while (true)
        {
            Expression test = _expressions.Tuple(withCondition: false);
            _reader.Expect(TokenKind.BlockEnd);
            bool outer = _expressions.IsLenient;
            _expressions.IsLenient = true;
            branches.Add((test, Body("elif", "else", "endif")));
            string tag = _reader.Name();
            List<Statement> otherwise = [];
            if (tag == "else")
            {
                _reader.Expect(TokenKind.BlockEnd);
                otherwise = BodyUpTo("endif");
            }

            _expressions.IsLenient = outer;
            if (tag != "elif")
            {
                return new IfStatement(branches, otherwise);
            }
        }
    }

    private ForStatement For()
    {
        AssignmentTarget target = Target(withAttribute: false);
        _reader.ExpectName("in");
        Expression items = _expressions.Tuple(withCondition: false);
        Expression? filter = _reader.SkipName("if") ? _expressions.Expression() : null;
        bool isRecursive = _reader.SkipName("recursive");
        _reader.Expect(TokenKind.BlockEnd);
        bool outer = _expressions.IsLenient;
        _expressions.IsLenient = false;
        _loops++;
        List<Statement> body = Body("endfor", "else");
        _loops--;
        List<Statement> otherwise = [];
        if (_reader.Name() == "else")
        {
            _reader.Expect(TokenKind.BlockEnd);
            otherwise = BodyUpTo("endfor");
        }

        _expressions.IsLenient = outer;
        return new ForStatement(target, items, filter, body, otherwise, isRecursive);
    }

    private Statement Set()
    {
        AssignmentTarget target = Target(withAttribute: true);
        if (_reader.SkipSign("="))
        {
            return new SetStatement(target, _expressions.Tuple());
        }

        FilterChain filters = _expressions.Filters(starts: false);
        _reader.Expect(TokenKind.BlockEnd);
        return new SetBlockStatement(target, filters, BodyUpTo("endset"));
    }

    private MacroStatement Macro()
    {
        string name = _reader.Name();
        List<(string, Expression?)> parameters = Parameters();
        _reader.Expect(TokenKind.BlockEnd);
        return new MacroStatement(Definition(name, parameters, "endmacro"));
    }

    private MacroDefinition Definition(string name, List<(string, Expression?)> parameters, string end)
    {
        (int loops, bool lenient) = (_loops, _expressions.IsLenient);
        (_loops, _expressions.IsLenient) = (0, false);
        HashSet<string> outer = _expressions.Names;
        _expressions.Names = new HashSet<string>(StringComparer.Ordinal);
        List<Statement> body = BodyUpTo(end);
        HashSet<string> names = _expressions.Names;
        outer.UnionWith(names);
        _expressions.Names = outer;
        (_loops, _expressions.IsLenient) = (loops, lenient);
        return new MacroDefinition(name, parameters, body, names);
    }

    private List<(string Name, Expression? Default)> Parameters()
    {
        var parameters = new List<(string, Expression?)>();
        _reader.ExpectSign("(");
        while (!_reader.SkipSign(")"))
        {
            if (parameters.Count > 0)
            {
                _reader.ExpectSign(",");
            }

            string name = _reader.Name();
            parameters.Add((name, _reader.SkipSign("=") ? _expressions.Expression() : null));
        }

        return parameters;
    }

    private CallStatement Call()
    {
        List<(string, Expression?)> parameters = _reader.Current.IsSign("(") ? Parameters() : [];
        CallExpression call = _expressions.Expression() as CallExpression ?? throw _reader.Wrong("a call block without a call");
        _reader.Expect(TokenKind.BlockEnd);
        return new CallStatement(call, Definition("caller", parameters, "endcall"));
    }

    private FilterStatement Filter()
    {
        FilterChain filters = _expressions.Filters(starts: true);
        _reader.Expect(TokenKind.BlockEnd);
        return new FilterStatement(filters, BodyUpTo("endfilter"));
    }

    private ScopeStatement With()
    {
        var assignments = new List<(AssignmentTarget, Expression)>();
        while (_reader.Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0)
            {
                _reader.ExpectSign(",");
            }

            AssignmentTarget target = Target(withAttribute: false);
            _reader.ExpectSign("=");
            assignments.Add((target, _expressions.Expression()));
        }

        _reader.Expect(TokenKind.BlockEnd);
        return new ScopeStatement(assignments, BodyUpTo("endwith"), isGeneration: false);
    }

    private ScopeStatement Block()
    {
        string name = _reader.Name();
        _reader.Expect(TokenKind.BlockEnd);
        List<Statement> body = BodyUpTo("endblock");
        _reader.SkipName(name);
        return new ScopeStatement([], body, isGeneration: false);
    }

    private ScopeStatement Generation()
    {
        _reader.Expect(TokenKind.BlockEnd);
        return new ScopeStatement([], BodyUpTo("endgeneration"), isGeneration: true);
    }

    private AssignmentTarget Target(bool withAttribute)
    {
        if (withAttribute && _reader.Ahead(1).IsSign("."))
        {
            string space = _reader.Name();
            _reader.ExpectSign(".");
            _expressions.Names.Add(space);
            return new AssignmentTarget(space, _reader.Name(), null);
        }

        var parts = new List<AssignmentTarget>();
        bool isTuple = false;
        do
        {
            if (parts.Count > 0 && !(_reader.Current.Kind == TokenKind.Name || _reader.Current.IsSign("(")))
            {
                break;
            }

            parts.Add(Part());
            isTuple |= _reader.Current.IsSign(",");
        }
        while (_reader.SkipSign(","));

        return isTuple ? new AssignmentTarget("", null, parts) : parts[0];
    }

    private AssignmentTarget Part()
    {
        TemplateBudget.CheckStack();
        if (_reader.SkipSign("("))
        {
            AssignmentTarget inner = Target(withAttribute: false);
            _reader.ExpectSign(")");
            return inner;
        }

        string name = _reader.Name();
        return name is "true" or "false" or "none" or "True" or "False" or "None"
            ? throw _reader.Wrong($"an assignment to {name}")
            : new AssignmentTarget(name, null, null);
    }
}
