namespace Temperament.Models.Text.Templates;

/// <summary>A statement of a template.</summary>
internal abstract class Statement
{
    /// <summary>Does what it says, and tells the loop around it.</summary>
    public abstract LoopSignal Execute(RenderContext context);
}

internal sealed class DataStatement(string text) : Statement
{
    public override LoopSignal Execute(RenderContext context)
    {
        context.Write(text);
        return LoopSignal.None;
    }
}

internal sealed class PrintStatement(Expression expression) : Statement
{
    public override LoopSignal Execute(RenderContext context)
    {
        context.Write(expression.Evaluate(context));
        return LoopSignal.None;
    }
}

internal sealed class SignalStatement(LoopSignal signal) : Statement
{
    public override LoopSignal Execute(RenderContext context) => signal;
}

internal sealed class IfStatement(IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> branches, IReadOnlyList<Statement> otherwise) : Statement
{
    public override LoopSignal Execute(RenderContext context)
    {
        TemplateBudget.CheckStack();
        foreach ((Expression test, IReadOnlyList<Statement> body) in branches)
        {
            if (Python.Truth(test.Evaluate(context)))
            {
                return context.Run(body);
            }
        }

        return context.Run(otherwise);
    }
}

internal sealed class SetStatement(AssignmentTarget target, Expression value) : Statement
{
    public override LoopSignal Execute(RenderContext context)
    {
        target.Assign(context, value.Evaluate(context));
        return LoopSignal.None;
    }
}

internal sealed class SetBlockStatement(AssignmentTarget target, FilterChain filters, IReadOnlyList<Statement> body) : Statement
{
    public override LoopSignal Execute(RenderContext context)
    {
        object? text = context.Capture(body, new Scope(context.Scope));
        target.Assign(context, filters.Apply(context, text));
        return LoopSignal.None;
    }
}

internal sealed class FilterStatement(FilterChain filters, IReadOnlyList<Statement> body) : Statement
{
    public override LoopSignal Execute(RenderContext context)
    {
        context.Write(filters.Apply(context, context.Capture(body, new Scope(context.Scope))));
        return LoopSignal.None;
    }
}

/// <summary>Statements with names of their own: with, block, and the marks of what the model generates.</summary>
internal sealed class ScopeStatement(
    IReadOnlyList<(AssignmentTarget Target, Expression Value)> assignments, IReadOnlyList<Statement> body, bool isGeneration) : Statement
{
    public override LoopSignal Execute(RenderContext context)
    {
        TemplateBudget.CheckStack();
        List<object?> values = [.. assignments.Select(a => a.Value.Evaluate(context))];
        Scope outer = context.Scope;
        context.Scope = new Scope(outer);
        int start = context.Output.Length;
        try
        {
            for (int i = 0; i < values.Count; i++)
            {
                assignments[i].Target.Assign(context, values[i]);
            }

            LoopSignal signal = context.Run(body);
            if (isGeneration && context.IsOutermost)
            {
                context.GenerationSpans.Add((start, context.Output.Length));
            }

            return signal;
        }
        finally
        {
            context.Scope = outer;
        }
    }
}

internal sealed class MacroStatement(MacroDefinition definition) : Statement
{
    public override LoopSignal Execute(RenderContext context)
    {
        context.Scope.Set(definition.Name, new TemplateMacro(definition, context.Scope));
        return LoopSignal.None;
    }
}

/// <summary>Calls a macro that may call the body back.</summary>
internal sealed class CallStatement(CallExpression call, MacroDefinition body) : Statement
{
    public override LoopSignal Execute(RenderContext context)
    {
        CallArguments arguments = call.Arguments.Evaluate(context);
        KeyValuePair<string, object?> caller = new("caller", new TemplateMacro(body, context.Scope));
        context.Write(Callables.Call(context, call.Target.Evaluate(context), new CallArguments(arguments.Positional, [.. arguments.Named, caller])));
        return LoopSignal.None;
    }
}

/// <summary>What a value is given to: a name, an attribute of a namespace, or several names.</summary>
internal sealed class AssignmentTarget(string name, string? attribute, IReadOnlyList<AssignmentTarget>? parts)
{
    public void Assign(RenderContext context, object? value) => Assign(context, context.Scope, value);

    public void Assign(RenderContext context, Scope scope, object? value)
    {
        if (parts is not null)
        {
            IReadOnlyList<object?> items = Python.Items(value, "cannot unpack non-iterable {0} object");
            if (items.Count != parts.Count)
            {
                throw new TemplateException(items.Count > parts.Count
                    ? $"too many values to unpack (expected {parts.Count})"
                    : $"not enough values to unpack (expected {parts.Count}, got {items.Count})");
            }

            for (int i = 0; i < parts.Count; i++)
            {
                parts[i].Assign(context, scope, items[i]);
            }
        }
        else if (attribute is null)
        {
            scope.Set(name, value);
        }
        else if (context.Scope.Find(name) is TemplateNamespace space)
        {
            space.Set(attribute, value);
        }
        else
        {
            throw new TemplateException("cannot assign attribute on non-namespace object");
        }
    }
}
