namespace Temperament.Models.Text.Templates;

/// <summary>Calls, and the functions that every template finds.</summary>
internal static class Callables
{
    private const long MaxRange = 100_000;

    /// <summary><c>dict.fromkeys</c>.</summary>
    public static readonly TemplateFunction FromKeys = new("fromkeys", (_, a) =>
    {
        a.Expect("fromkeys", 1, "iterable", "value");
        var result = new TemplateDictionary();
        foreach (object? key in Python.Items(a.Get(0, "iterable")))
        {
            result[key] = a.Get(1, "value");
        }

        return result;
    });

    private static readonly TemplateFunction[] Functions =
    [
        new("range", (_, a) => Range(a)),
        new("namespace", (_, a) => Namespace(a)),
        new("dict", (_, a) => Dictionary(a)),
        new("joiner", (_, a) => new Joiner(a.Expect("joiner", 0, "sep").Text(0, "sep", ", "))),
        new("cycler", (_, a) => a.Positional.Count == 0
            ? throw new TemplateException("at least one item has to be provided")
            : new Cycler(a.Positional)),
        new("raise_exception", (context, a) => throw new TemplateException(
            PythonText.Str(a.Expect("raise_exception", 0, "message").Get(0, "message", ""), context.Budget), isRaised: true)),
    ];

    /// <summary>Puts the functions into a scope.</summary>
    public static void AddTo(Scope scope, DateTimeOffset? now)
    {
        foreach (TemplateFunction function in Functions)
        {
            scope.Set(function.Name, function);
        }

        if (now is { } clock)
        {
            scope.Set("strftime_now", new TemplateFunction("strftime_now", (context, a) =>
                StrFTime.Format(clock, a.Expect("strftime_now", 1, "format").Text(0, "format"), context.Budget)));
        }
    }

    /// <summary>Calls a value.</summary>
    public static object? Call(RenderContext context, object? target, CallArguments arguments)
    {
        context.Budget.Enter();
        try
        {
            return target switch
            {
                TemplateFunction function => function.Body(context, arguments),
                TemplateMacro macro => macro.Call(context, arguments),
                LoopState loop => loop.Call(context, arguments),
                Joiner joiner => joiner.Next(),
                Undefined undefined => throw undefined.Error(),
                _ => throw new TemplateException($"'{Python.TypeName(target)}' object is not callable"),
            };
        }
        finally
        {
            context.Budget.Leave();
        }
    }

    private static TemplateRange Range(CallArguments arguments)
    {
        if (arguments.Positional.Count is < 1 or > 3 || arguments.Named.Count > 0)
        {
            throw new TemplateException("range expected 1 to 3 arguments");
        }

        long[] numbers = [.. arguments.Positional.Select(PythonNumber.Int)];
        (long start, long stop, long step) = numbers switch
        {
            [var only] => (0, only, 1),
            [var first, var last] => (first, last, 1),
            _ => (numbers[0], numbers[1], numbers[2]),
        };
        if (step == 0)
        {
            throw new TemplateException("range() arg 3 must not be zero");
        }

        const long Most = long.MaxValue / 4;
        var range = new TemplateRange(Math.Clamp(start, -Most, Most), Math.Clamp(stop, -Most, Most), Math.Clamp(step, -Most, Most));
        return range.Length <= MaxRange
            ? range
            : throw new TemplateException($"Range too big. Ranges larger than {MaxRange} are not allowed.");
    }

    private static TemplateNamespace Namespace(CallArguments arguments)
    {
        var space = new TemplateNamespace();
        foreach ((object? key, object? value) in Dictionary(arguments).Entries)
        {
            space.Set(PythonText.Require(key, "name"), value);
        }

        return space;
    }

    private static TemplateDictionary Dictionary(CallArguments arguments)
    {
        var result = new TemplateDictionary();
        switch (arguments.Positional)
        {
            case []:
                break;
            case [TemplateDictionary other]:
                result = other.Copy();
                break;
            case [var pairs]:
                foreach (object? pair in Python.Items(pairs))
                {
                    if (Python.Items(pair) is not [var key, var value])
                    {
                        throw new TemplateException("dictionary update sequence element is no pair");
                    }

                    result[key] = value;
                }

                break;
            default:
                throw new TemplateException("dict expected at most 1 argument");
        }

        foreach ((string name, object? value) in arguments.Named)
        {
            result[name] = value;
        }

        return result;
    }
}
