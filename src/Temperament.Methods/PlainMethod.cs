using Temperament.Models.Text;

namespace Temperament.Methods;

/// <summary>Asks the bare question: the base model ("none"), or a model with an adapter that was trained ("qlora").</summary>
public sealed class PlainMethod : IMethod
{
    private PlainMethod(string name, bool trainsAdapter)
    {
        Name = name;
        TrainsAdapter = trainsAdapter;
    }

    /// <summary>The base model as it is.</summary>
    public static PlainMethod None { get; } = new("none", trainsAdapter: false);

    /// <summary>A low-rank adapter over a 4-bit base, trained on opinions. Dettmers et al. 2023, https://arxiv.org/abs/2305.14314.</summary>
    public static PlainMethod Qlora { get; } = new("qlora", trainsAdapter: true);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool TrainsAdapter { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ChatMessage> Messages(TraitTarget target, string topic, string question) => [new ChatMessage("user", question)];
}
