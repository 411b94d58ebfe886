namespace Temperament.Models.Text.Templates;

/// <summary>An expression of a template.</summary>
internal abstract class Expression
{
    /// <summary>Computes the value, with a step and a look at the stack.</summary>
    public object? Evaluate(RenderContext context)
    {
        TemplateBudget.CheckStack();
        context.Budget.Step();
        return Compute(context);
    }

    protected abstract object? Compute(RenderContext context);
}

internal sealed class Constant(object? value) : Expression
{
    public object? Value { get; } = value;

    protected override object? Compute(RenderContext context) => Value;
}

internal sealed class NameExpression(string name) : Expression
{
    public string Name { get; } = name;

    protected override object? Compute(RenderContext context) => context.Scope.Find(Name);
}

internal sealed class SequenceExpression(IReadOnlyList<Expression> items, bool isTuple) : Expression
{
    public IReadOnlyList<Expression> Items { get; } = items;

    protected override object? Compute(RenderContext context)
    {
        context.Budget.Items(Items.Count);
        List<object?> values = [.. Items.Select(i => i.Evaluate(context))];
        return isTuple ? new TemplateTuple([.. values]) : new TemplateList(values);
    }
}

internal sealed class DictionaryExpression(IReadOnlyList<(Expression Key, Expression Value)> entries) : Expression
{
    protected override object? Compute(RenderContext context)
    {
        context.Budget.Items(entries.Count);
        var result = new TemplateDictionary();
        foreach ((Expression key, Expression value) in entries)
        {
            result[key.Evaluate(context)] = value.Evaluate(context);
        }

        return result;
    }
}

internal sealed class ConditionalExpression(Expression test, Expression then, Expression? otherwise) : Expression
{
    protected override object? Compute(RenderContext context) => Python.Truth(test.Evaluate(context))
        ? then.Evaluate(context)
        : otherwise is null
            ? new Undefined("the inline if-expression has no else and its condition is false")
            : otherwise.Evaluate(context);
}

internal sealed class LogicExpression(Expression left, Expression right, bool isAnd) : Expression
{
    protected override object? Compute(RenderContext context)
    {
        object? value = left.Evaluate(context);
        return Python.Truth(value) == isAnd ? right.Evaluate(context) : value;
    }
}

internal sealed class NotExpression(Expression operand) : Expression
{
    protected override object? Compute(RenderContext context) => !Python.Truth(operand.Evaluate(context));
}

internal sealed class SignExpression(Expression operand, bool isMinus) : Expression
{
    protected override object? Compute(RenderContext context)
    {
        object? value = operand.Evaluate(context);
        return value switch
        {
            Undefined undefined => throw undefined.Error(),
            double number => isMinus ? -number : number,
            bool or long => PythonNumber.Add(0L, value, isMinus ? '-' : '+'),
            _ => throw new TemplateException($"bad operand type for unary {(isMinus ? '-' : '+')}: '{Python.TypeName(value)}'"),
        };
    }
}

internal sealed class BinaryExpression(Expression left, string operation, Expression right) : Expression
{
    protected override object? Compute(RenderContext context) =>
        Operators.Apply(context, left.Evaluate(context), operation, right.Evaluate(context));
}

internal sealed class ConcatExpression(IReadOnlyList<Expression> parts) : Expression
{
    protected override object? Compute(RenderContext context)
    {
        var result = new System.Text.StringBuilder();
        bool isSafe = false;
        foreach (Expression part in parts)
        {
            object? value = part.Evaluate(context);
            isSafe |= value is SafeString;
            result.Append(PythonText.Str(value, context.Budget));
            context.Budget.Characters(result.Length);
        }

        return isSafe ? new SafeString(result.ToString()) : result.ToString();
    }
}

internal sealed class CompareExpression(Expression first, IReadOnlyList<(string Operation, Expression Operand)> rest) : Expression
{
    protected override object? Compute(RenderContext context)
    {
        object? left = first.Evaluate(context);
        foreach ((string operation, Expression operand) in rest)
        {
            object? right = operand.Evaluate(context);
            if (!Operators.Compare(left, operation, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}

internal sealed class AttributeExpression(Expression target, string name) : Expression
{
    public Expression Target { get; } = target;

    public string Name { get; } = name;

    protected override object? Compute(RenderContext context) => Attributes.Get(Target.Evaluate(context), Name);
}

internal sealed class ItemExpression(Expression target, Expression index) : Expression
{
    protected override object? Compute(RenderContext context) => Attributes.Item(target.Evaluate(context), index.Evaluate(context));
}

internal sealed class SliceExpression(Expression target, Expression? start, Expression? stop, Expression? step) : Expression
{
    // A literal that has no parts gives nothing, where a variable of the same value is an error.
    protected override object? Compute(RenderContext context) => target.Evaluate(context) is var value && target is Constant && !Python.IsIterable(value)
        ? new Undefined($"'{Python.TypeName(value)} object' has no parts")
        : Attributes.Slice(value, start?.Evaluate(context), stop?.Evaluate(context), step?.Evaluate(context), context.Budget);
}

internal sealed class CallExpression(Expression target, ArgumentList arguments) : Expression
{
    public Expression Target { get; } = target;

    public ArgumentList Arguments { get; } = arguments;

    protected override object? Compute(RenderContext context) =>
        Callables.Call(context, Target.Evaluate(context), Arguments.Evaluate(context));
}

/// <summary>A filter; without an operand it is applied to what a block wrote.</summary>
internal sealed class FilterExpression(Expression? operand, string name, ArgumentList arguments) : Expression
{
    public Expression? Operand { get; } = operand;

    public object? Apply(RenderContext context, object? value) => Filters.Apply(context, name, value, arguments.Evaluate(context));

    protected override object? Compute(RenderContext context) => Apply(context, Operand?.Evaluate(context));
}

/// <summary>Filters one after the other, for blocks.</summary>
internal sealed record FilterChain(IReadOnlyList<FilterExpression> Filters)
{
    public object? Apply(RenderContext context, object? value) => Filters.Aggregate(value, (v, f) => f.Apply(context, v));
}

internal sealed class TestExpression(Expression operand, string name, ArgumentList arguments, bool isNegated) : Expression
{
    protected override object? Compute(RenderContext context) =>
        Tests.Apply(context, name, operand.Evaluate(context), arguments.Evaluate(context)) != isNegated;
}

/// <summary>The arguments that a call writes.</summary>
internal sealed class ArgumentList(
    IReadOnlyList<Expression> positional, IReadOnlyList<(string Name, Expression Value)> named, Expression? more, Expression? moreNamed)
{
    public static readonly ArgumentList Empty = new([], [], null, null);

    public CallArguments Evaluate(RenderContext context)
    {
        if (ReferenceEquals(this, Empty))
        {
            return CallArguments.None;
        }

        List<object?> values = [.. positional.Select(p => p.Evaluate(context))];
        List<KeyValuePair<string, object?>> names = [.. named.Select(n => KeyValuePair.Create(n.Name, n.Value.Evaluate(context)))];
        if (more is not null)
        {
            values.AddRange(Python.Items(more.Evaluate(context)));
        }

        if (moreNamed?.Evaluate(context) is { } mapping)
        {
            TemplateDictionary dictionary = mapping as TemplateDictionary
                ?? throw new TemplateException($"argument after ** must be a mapping, not {Python.TypeName(mapping)}");
            names.AddRange(dictionary.Entries.Select(e => KeyValuePair.Create(PythonText.Require(e.Key, "keyword"), e.Value)));
        }

        return new CallArguments(values, names);
    }
}
