namespace Temperament.Models.Text.Templates;

/// <summary>A loop over the items of a value.</summary>
internal sealed class ForStatement(
    AssignmentTarget target, Expression items, Expression? filter, IReadOnlyList<Statement> body, IReadOnlyList<Statement> otherwise, bool isRecursive)
    : Statement
{
    public override LoopSignal Execute(RenderContext context) => Run(context, items.Evaluate(context), 1);

    /// <summary>Runs the loop over other items, for recursive loops.</summary>
    public LoopSignal Run(RenderContext context, object? values, int depth)
    {
        TemplateBudget.CheckStack();
        IReadOnlyList<object?> list = Filtered(context, Python.Items(values));
        Scope outer = context.Scope;
        var loop = new LoopState(list, depth, isRecursive ? this : null);
        bool reachedEnd = false;
        for (int i = 0; i < list.Count; i++)
        {
            context.Budget.Step();
            loop.Index = i;
            var scope = new Scope(outer);
            target.Assign(context, scope, list[i]);
            scope.Set("loop", loop);
            LoopSignal signal = context.RunScoped(body, scope);
            if (signal == LoopSignal.Break)
            {
                break;
            }

            reachedEnd |= signal == LoopSignal.None;
        }

        return reachedEnd ? LoopSignal.None : context.RunScoped(otherwise, new Scope(outer));
    }

    private IReadOnlyList<object?> Filtered(RenderContext context, IReadOnlyList<object?> list)
    {
        if (filter is null)
        {
            return list;
        }

        var kept = new List<object?>();
        Scope outer = context.Scope;
        foreach (object? item in list)
        {
            context.Scope = new Scope(outer);
            try
            {
                target.Assign(context, item);
                if (Python.Truth(filter.Evaluate(context)))
                {
                    kept.Add(item);
                }
            }
            finally
            {
                context.Scope = outer;
            }
        }

        return kept;
    }
}

/// <summary>What a template sees of the loop it is in.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items, int depth, ForStatement? recursive)
{
    private object? _last;
    private bool _hasLast;

    public int Index { get; set; }

    public object? Attribute(string name) => name switch
    {
        "index" => (long)Index + 1,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => (long)items.Count - Index - 1,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => (long)depth,
        "depth0" => (long)depth - 1,
        "previtem" => Index > 0 ? items[Index - 1] ?? NoItem("previous") : NoItem("previous"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] ?? NoItem("next") : NoItem("next"),
        "cycle" => new TemplateFunction("cycle", (_, a) => a.Positional.Count == 0
            ? throw new TemplateException("no items for cycling given")
            : a.Positional[Index % a.Positional.Count]),
        "changed" => new TemplateFunction("changed", (_, a) => Changed(new TemplateTuple([.. a.Positional]))),
        _ => null,
    };

    /// <summary><c>loop(items)</c>: the same loop over other items.</summary>
    public object? Call(RenderContext context, CallArguments arguments)
    {
        if (recursive is null)
        {
            throw new TemplateException("The loop must have the 'recursive' marker to be called recursively.");
        }

        object? values = arguments.Expect("loop", 1, "items").Get(0, "items");
        return context.Capture([new RecursiveRun(recursive, values, depth + 1)], context.Scope);
    }

    private static Undefined NoItem(string which) => new($"there is no {which} item");

    private bool Changed(TemplateTuple values)
    {
        bool changed = !_hasLast || !Python.Equal(_last, values);
        (_last, _hasLast) = (values, true);
        return changed;
    }

    private sealed class RecursiveRun(ForStatement loop, object? values, int depth) : Statement
    {
        public override LoopSignal Execute(RenderContext context) => loop.Run(context, values, depth);
    }
}
