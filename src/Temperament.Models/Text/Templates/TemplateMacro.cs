namespace Temperament.Models.Text.Templates;

/// <summary>A macro as it is written.</summary>
internal sealed record MacroDefinition(
    string Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body, IReadOnlySet<string> Names)
{
    /// <summary>Whether the body mentions a name.</summary>
    public bool Uses(string name) => Names.Contains(name);
}

/// <summary>A macro with the scope in which it was defined; it sees the values of that scope at the time of the call.</summary>
internal sealed class TemplateMacro(MacroDefinition definition, Scope scope)
{
    public object? Call(RenderContext context, CallArguments arguments)
    {
        var inner = new Scope(scope);
        List<KeyValuePair<string, object?>> named = [.. arguments.Named];
        Scope outer = context.Scope;
        context.Scope = inner;
        try
        {
            for (int i = 0; i < definition.Parameters.Count; i++)
            {
                (string name, Expression? otherwise) = definition.Parameters[i];
                int at = named.FindIndex(n => n.Key == name);
                object? value = i < arguments.Positional.Count ? arguments.Positional[i]
                    : at >= 0 ? named[at].Value
                    : otherwise is null ? new Undefined($"parameter '{name}' was not provided") : otherwise.Evaluate(context);
                if (at >= 0)
                {
                    named.RemoveAt(at);
                }

                inner.Set(name, value);
            }
        }
        finally
        {
            context.Scope = outer;
        }

        AddRest(arguments, named, inner);
        return context.Capture(definition.Body, inner);
    }

    public object? Attribute(string name) => name switch
    {
        "name" => definition.Name,
        "arguments" => new TemplateTuple([.. definition.Parameters.Select(p => (object?)p.Name)]),
        _ => null,
    };

    private void AddRest(CallArguments arguments, List<KeyValuePair<string, object?>> named, Scope inner)
    {
        int caller = named.FindIndex(n => n.Key == "caller");
        inner.Set("caller", caller >= 0 ? named[caller].Value : new Undefined("No caller defined"));
        if (caller >= 0)
        {
            named.RemoveAt(caller);
        }

        if (arguments.Positional.Count > definition.Parameters.Count && !definition.Uses("varargs"))
        {
            throw new TemplateException($"macro '{definition.Name}' takes not more than {definition.Parameters.Count} argument(s)");
        }

        if (named.Count > 0 && !definition.Uses("kwargs"))
        {
            throw new TemplateException($"macro '{definition.Name}' takes no keyword argument '{named[0].Key}'");
        }

        inner.Set("varargs", new TemplateTuple([.. arguments.Positional.Skip(definition.Parameters.Count)]));
        var rest = new TemplateDictionary();
        foreach ((string name, object? value) in named)
        {
            rest[name] = value;
        }

        inner.Set("kwargs", rest);
    }
}
