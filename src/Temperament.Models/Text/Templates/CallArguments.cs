namespace Temperament.Models.Text.Templates;

/// <summary>The arguments of a call, by place and by name.</summary>
internal sealed class CallArguments(IReadOnlyList<object?> positional, IReadOnlyList<KeyValuePair<string, object?>> named)
{
    public static readonly CallArguments None = new([], []);

    public IReadOnlyList<object?> Positional { get; } = positional;

    public IReadOnlyList<KeyValuePair<string, object?>> Named { get; } = named;

    /// <summary>Checks that there are no others than the parameters, and at least some of them.</summary>
    public CallArguments Expect(string function, int least, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Count > parameters.Length)
        {
            throw new TemplateException($"{function} takes at most {parameters.Length} arguments, {Positional.Count} given");
        }

        foreach ((string name, object? _) in Named)
        {
            int index = parameters.IndexOf(name);
            if (index < 0 || index < Positional.Count)
            {
                throw new TemplateException($"{function} takes no argument '{name}' here");
            }
        }

        for (int i = 0; i < least; i++)
        {
            if (!Has(i, parameters[i]))
            {
                throw new TemplateException($"{function} lacks the argument '{parameters[i]}'");
            }
        }

        return this;
    }

    public bool Has(int index, string name) => index < Positional.Count || Named.Any(n => n.Key == name);

    public object? Get(int index, string name, object? otherwise = null)
    {
        if (index < Positional.Count)
        {
            return Positional[index];
        }

        foreach ((string key, object? value) in Named)
        {
            if (key == name)
            {
                return value;
            }
        }

        return otherwise;
    }

    public string Text(int index, string name, string otherwise = "") =>
        Has(index, name) ? PythonText.Require(Get(index, name), name) : otherwise;

    public long Int(int index, string name, long otherwise = 0) => Has(index, name) ? PythonNumber.Int(Get(index, name)) : otherwise;

    public bool Flag(int index, string name, bool otherwise = false) => Has(index, name) ? Python.Truth(Get(index, name)) : otherwise;

    /// <summary>The arguments without the first ones.</summary>
    public CallArguments Skip(int count) => new([.. Positional.Skip(count)], Named);
}
