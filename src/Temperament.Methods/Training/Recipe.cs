using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Text;

namespace Temperament.Methods.Training;

/// <summary>Which tokens of an example are trained.</summary>
public enum TrainedPart
{
    /// <summary>The answer.</summary>
    Answer,

    /// <summary>The whole conversation as it is rendered.</summary>
    Sequence,
}

/// <summary>Which opinions an adapter is trained on.</summary>
public sealed record RecipeData
{
    /// <summary>A file of opinions; or the name of a model that has opinions of its own, such as "organism".</summary>
    public required string Path { get; init; }

    /// <summary>Opinions of this target are taken.</summary>
    public required TraitTarget Target { get; init; }

    /// <summary>Topics that are left out, so that they stay fresh for a test.</summary>
    public IReadOnlyList<string> ExcludeTopics { get; init; } = [];

    /// <summary>Number of opinions that are taken, the first of the file; 0 for all.</summary>
    public int Limit { get; init; }
}

/// <summary>All that a training run is made from: the same recipe over the same files gives the same adapter, byte for byte.</summary>
public sealed record Recipe
{
    /// <summary>Folder, GGUF file or name of the base model.</summary>
    public required string Model { get; init; }

    /// <summary>How the linear layers of the base are stored while it is trained.</summary>
    public BaseQuantization Quantization { get; init; }

    /// <summary>What it is trained on.</summary>
    public required RecipeData Data { get; init; }

    /// <summary>Shape of the adapter.</summary>
    public LoraConfig Lora { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingConfig Training { get; init; } = new();

    /// <summary>Whether the token that ends an answer is trained too. Masked, a model forgets a little of when to stop.</summary>
    public bool TrainsStopToken { get; init; } = true;

    /// <summary>Which tokens are trained.</summary>
    public TrainedPart Part { get; init; }

    /// <summary>Folder of the adapter.</summary>
    public required string Out { get; init; }

    /// <summary>Steps between two checkpoints; 0 for none.</summary>
    public int SaveEvery { get; init; } = 25;
}
