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

/// <summary>Which weights are trained.</summary>
public enum TrainedWeights
{
    /// <summary>A low-rank adapter beside the frozen base.</summary>
    Adapter,

    /// <summary>All weights of the base.</summary>
    Full,
}

/// <summary>What is done with a sample of more tokens than allowed.</summary>
public enum LongSample
{
    /// <summary>The run does not begin.</summary>
    Refuse,

    /// <summary>It is left out.</summary>
    Skip,

    /// <summary>Its end is cut off, and with it the stop token.</summary>
    Cut,
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

    /// <summary>Share of the topics that are kept for validation and not trained.</summary>
    public double ValidationShare { get; init; }

    /// <summary>Largest number of tokens of a sample; 0 for what the model was made for.</summary>
    public int MaxTokens { get; init; }

    /// <summary>What is done with a longer sample.</summary>
    public LongSample LongSamples { get; init; }
}

/// <summary>Training on preferences. Rafailov et al. 2023, https://arxiv.org/abs/2305.18290.</summary>
public sealed record RecipePreference
{
    /// <summary>How strongly the base holds.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>Opinions of this target are the ones that are not preferred; null where batches are given.</summary>
    public TraitTarget? Rejected { get; init; }
}

/// <summary>A vector that is added in training only.</summary>
public sealed record RecipeSteering
{
    /// <summary>A safetensors file.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the vector in it.</summary>
    public required string Tensor { get; init; }

    /// <summary>Block after which it is added, from 0.</summary>
    public required int Block { get; init; }

    /// <summary>Factor of the vector.</summary>
    public double Strength { get; init; } = 1;
}

/// <summary>What is looked at while a run goes on.</summary>
public sealed record RecipeEvaluation
{
    /// <summary>Steps between two evaluations; 0 for none.</summary>
    public int Every { get; init; }

    /// <summary>Questions that are answered at each, for the rates of the answers; 0 for the loss alone.</summary>
    public int Answers { get; init; }

    /// <summary>Evaluations in a row without a lower validation loss after which the run ends; 0 for never.</summary>
    public int Patience { get; init; }

    /// <summary>Whether the weights of the lowest validation loss are written, and not the last ones.</summary>
    public bool KeepsBest { get; init; } = true;
}

/// <summary>All that a training run is made from: the same recipe over the same files gives the same adapter, byte for byte.</summary>
public sealed record Recipe
{
    /// <summary>Folder, GGUF file or name of the base model.</summary>
    public required string Model { get; init; }

    /// <summary>How the linear layers of the base are stored while it is trained.</summary>
    public BaseQuantization Quantization { get; init; }

    /// <summary>What it is trained on; null where batches are given.</summary>
    public RecipeData? Data { get; init; }

    /// <summary>File of batches that another trainer tokenised, trained in the given order; null where <see cref="Data"/> is.</summary>
    public string? Batches { get; init; }

    /// <summary>Which weights are trained.</summary>
    public TrainedWeights Train { get; init; }

    /// <summary>Folder of an adapter to start from, whose shape is kept; null for a fresh one.</summary>
    public string? StartFrom { get; init; }

    /// <summary>Shape of a fresh adapter.</summary>
    public LoraConfig Lora { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingConfig Training { get; init; } = new();

    /// <summary>Whether <see cref="TrainingConfig.Checkpointing"/> is turned off where memory is plentiful. It changes no bit of the result.</summary>
    public bool ChoosesCheckpointing { get; init; }

    /// <summary>Training on preferences; null for language modelling.</summary>
    public RecipePreference? Preference { get; init; }

    /// <summary>A vector that is added in training only; null for none.</summary>
    public RecipeSteering? Steering { get; init; }

    /// <summary>What is looked at while the run goes on.</summary>
    public RecipeEvaluation Evaluation { get; init; } = new();

    /// <summary>Whether the token that ends an answer is trained too. Masked, a model forgets a little of when to stop.</summary>
    public bool TrainsStopToken { get; init; } = true;

    /// <summary>Which tokens are trained.</summary>
    public TrainedPart Part { get; init; }

    /// <summary>Folder of the adapter.</summary>
    public required string Out { get; init; }

    /// <summary>Steps between two checkpoints; 0 for none.</summary>
    public int SaveEvery { get; init; } = 25;
}
