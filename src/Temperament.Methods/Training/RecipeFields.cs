namespace Temperament.Methods.Training;

/// <summary>The fields that a recipe may have, object by object; <c>docs/recipe.schema.json</c> documents the same ones.</summary>
public static class RecipeFields
{
    private static readonly string[] RootNames =
    [
        "model", "quantize", "data", "batches", "train", "startFrom", "lora", "training", "preference", "steering", "evaluation", "stopToken", "loss",
        "out", "saveEvery",
    ];

    private static readonly string[] DataNames =
        ["path", "trait", "pole", "excludeTopics", "limit", "validationShare", "maxTokens", "longSamples"];

    private static readonly string[] LoraNames =
    [
        "rank", "alpha", "dropout", "targets", "targetPattern", "exclude", "layers", "rankPattern", "alphaPattern", "rankStabilized",
        "modulesToSave", "bias",
    ];

    private static readonly string[] TrainingNames =
    [
        "optimizer", "learningRate", "schedule", "warmupRatio", "warmupSteps", "epochs", "maxSteps", "batchSize", "microBatchSize", "packTokens",
        "groupByLength", "weightDecay", "beta1", "beta2", "epsilon", "maxGradientNorm", "embeddingNoise", "maxBadSteps", "checkpointing", "seed",
    ];

    private static readonly string[] PreferenceNames = ["beta", "trait", "pole"];

    private static readonly string[] SteeringNames = ["path", "tensor", "block", "strength"];

    private static readonly string[] EvaluationNames = ["every", "answers", "patience", "keepBest"];

    /// <summary>Names of the fields of each object; the recipe itself is "".</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> All { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        [""] = RootNames,
        ["data"] = DataNames,
        ["lora"] = LoraNames,
        ["training"] = TrainingNames,
        ["preference"] = PreferenceNames,
        ["steering"] = SteeringNames,
        ["evaluation"] = EvaluationNames,
    };

    internal static string[] Of(string name) => [.. All[name]];
}
