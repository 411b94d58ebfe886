using Temperament.Methods.Editing.Ike;
using Temperament.Methods.Prompting;

namespace Temperament.Methods;

/// <summary>The methods by name: a table, so that a study file can be checked before anything runs.</summary>
public static class MethodCatalog
{
    /// <summary>Names of all methods, in the order of reports.</summary>
    public static IReadOnlyList<string> Names { get; } = ["none", "prompt", "ike", "qlora"];

    /// <summary>Finds a method.</summary>
    /// <param name="name">Name, one of <see cref="Names"/>.</param>
    /// <param name="demonstrations">Worked examples for "ike"; null for the default five.</param>
    /// <exception cref="ArgumentException">There is no such method.</exception>
    public static IMethod Create(string name, IReadOnlyList<IkeDemonstration>? demonstrations = null) => name switch
    {
        "none" => PlainMethod.None,
        "prompt" => new PromptMethod(),
        "ike" => new IkeMethod(demonstrations ?? IkeMethod.DefaultDemonstrations),
        "qlora" => PlainMethod.Qlora,
        _ => throw new ArgumentException($"\"{name}\" is no method; there are {string.Join(", ", Names)}.", nameof(name)),
    };
}
