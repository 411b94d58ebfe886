using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Documents;
using Temperament.Models.Hub;
using Temperament.Models.Text;

namespace Temperament.Methods.Training;

/// <summary>Reads recipes. <c>docs/recipe.schema.json</c> documents every field; relative paths are relative to the recipe's folder.</summary>
public static class RecipeReader
{
    private const int Many = 1_000_000_000;
    private const string Automatic = "auto";

    /// <summary>Reads a recipe.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="DocumentException">A field is unknown, missing, or has a value that cannot be; says where it stands.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Recipe ReadFile(string path)
    {
        string full = Path.GetFullPath(path);
        return Read(DocumentReader.ReadFile(path), Path.GetDirectoryName(full)!);
    }

    /// <summary>Reads a recipe.</summary>
    /// <param name="value">The document.</param>
    /// <param name="folder">Folder that its relative paths are of.</param>
    /// <exception cref="DocumentException">A field is unknown, missing, or has a value that cannot be; says where it stands.</exception>
    public static Recipe Read(DocumentValue value, string folder)
    {
        DocumentObject recipe = DocumentObject.Of(value, "recipe", RecipeFields.Of(""));
        string model = recipe.Require("model", "a folder, a .gguf file or \"organism\"");
        if (recipe.Has("data") == recipe.Has("batches"))
        {
            throw recipe.Fault("batches", "a recipe has either \"data\", opinions to train on, or \"batches\", a file of tokenised batches.");
        }

        bool full = recipe.Word("train", "adapter", "adapter", "full") == "full";
        RequireNone(recipe, full, "startFrom", "lora", "preference");
        DocumentObject training = recipe.Object("training", "recipe's \"training\"", RecipeFields.Of("training"));
        return new Recipe
        {
            Model = LocateModel(model, folder),
            Quantization = Quantization(recipe, full),
            Data = recipe.Has("data") ? ReadData(recipe.Object("data", "recipe's \"data\"", RecipeFields.Of("data")), folder) : null,
            Batches = recipe.Has("batches") ? Path.GetFullPath(recipe.Require("batches", "a .safetensors or .jsonl file"), folder) : null,
            Train = full ? TrainedWeights.Full : TrainedWeights.Adapter,
            StartFrom = recipe.Has("startFrom") ? Path.GetFullPath(recipe.Require("startFrom", "the folder of an adapter"), folder) : null,
            Lora = RecipeLora.Read(recipe, BaseName.Of(LocateModel(model, folder))),
            Training = ReadTraining(training),
            ChoosesCheckpointing = training.Choice("checkpointing", Automatic) is null,
            Preference = recipe.Has("preference") ? ReadPreference(recipe) : null,
            Steering = recipe.Has("steering") ? ReadSteering(recipe, folder) : null,
            Evaluation = ReadEvaluation(recipe),
            TrainsStopToken = recipe.Word("stopToken", "trained", "trained", "masked") == "trained",
            Part = recipe.Word("loss", "answer", "answer", "sequence") == "answer" ? TrainedPart.Answer : TrainedPart.Sequence,
            Out = Path.GetFullPath(recipe.Require("out", "the folder that the adapter is written to"), folder),
            SaveEvery = (int)recipe.Integer("saveEvery", 25, 0, Many),
        };
    }

    private static void RequireNone(DocumentObject recipe, bool full, params string[] names)
    {
        foreach (string name in names.Where(name => full && recipe.Has(name)))
        {
            throw recipe.Fault(name, $"\"{name}\" is of an adapter, and \"train\" says \"full\": all weights are trained. Leave one of them out.");
        }
    }

    private static BaseQuantization Quantization(DocumentObject recipe, bool full)
    {
        string word = recipe.Word("quantize", "none", [.. BaseQuantizationNames.All]);
        return word is "none" or "f32" || !full
            ? BaseQuantizationNames.Parse(word)!.Value
            : throw recipe.Fault("quantize", "weights of 16 or 4 bits cannot be trained whole. Leave \"quantize\" out, or train an adapter.");
    }

    private static RecipeData ReadData(DocumentObject data, string folder) => new()
    {
        Path = Locate(data.Require("path", "a file of opinions, or \"organism\""), folder),
        Target = ReadTarget(data, "the trait that the answers show, or \"neutral\""),
        ExcludeTopics = data.Strings("excludeTopics", []),
        Limit = (int)data.Integer("limit", 0, 0, Many),
        ValidationShare = data.Real("validationShare", 0, 0, 0.9),
        MaxTokens = (int)data.Integer("maxTokens", 0, 0, Many),
        LongSamples = data.Word("longSamples", "refuse", "refuse", "skip", "cut") switch
        {
            "skip" => LongSample.Skip,
            "cut" => LongSample.Cut,
            _ => LongSample.Refuse,
        },
    };

    private static TraitTarget ReadTarget(DocumentObject place, string meaning)
    {
        place.Require("trait", meaning);
        string trait = place.Word("trait", "", [TraitNames.Neutral, .. TraitNames.Traits]);
        string pole = place.Word("pole", TraitNames.Of(Pole.High), [.. TraitNames.Poles]);
        return trait == TraitNames.Neutral ? TraitTarget.Neutral : new TraitTarget(TraitNames.ParseTrait(trait), TraitNames.ParsePole(pole));
    }

    private static RecipePreference ReadPreference(DocumentObject recipe)
    {
        DocumentObject preference = recipe.Object("preference", "recipe's \"preference\"", RecipeFields.Of("preference"));
        bool named = preference.Has("trait");
        if (named != recipe.Has("data"))
        {
            throw preference.Fault("trait", named ? "batches hold their rejected answers already; leave \"trait\" out."
                : "\"trait\" is missing: the trait whose answers to the same questions are not preferred.");
        }

        return new RecipePreference
        {
            Beta = preference.Real("beta", 0.1, 1e-6, 1e3),
            Rejected = named ? ReadTarget(preference, "the trait of the answers that are not preferred") : null,
        };
    }

    private static RecipeSteering ReadSteering(DocumentObject recipe, string folder)
    {
        DocumentObject steering = recipe.Object("steering", "recipe's \"steering\"", RecipeFields.Of("steering"));
        steering.Require("path", "a safetensors file with the vector");
        return new RecipeSteering
        {
            Path = Path.GetFullPath(steering.Require("path", "a safetensors file with the vector"), folder),
            Tensor = steering.Require("tensor", "the name of the vector in the file"),
            Block = (int)steering.Integer("block", 0, 0, 100_000),
            Strength = steering.Real("strength", 1, -1e6, 1e6),
        };
    }

    private static RecipeEvaluation ReadEvaluation(DocumentObject recipe)
    {
        DocumentObject evaluation = recipe.Object("evaluation", "recipe's \"evaluation\"", RecipeFields.Of("evaluation"));
        return new RecipeEvaluation
        {
            Every = (int)evaluation.Integer("every", 0, 0, Many),
            Answers = (int)evaluation.Integer("answers", 0, 0, 1_000_000),
            Patience = (int)evaluation.Integer("patience", 0, 0, Many),
            KeepsBest = evaluation.Flag("keepBest", true),
        };
    }

    private static TrainingConfig ReadTraining(DocumentObject training) => new()
    {
        Optimizer = training.Word("optimizer", "adamw", "adamw", "adamw8bit") == "adamw" ? OptimizerKind.AdamW : OptimizerKind.AdamW8Bit,
        LearningRate = training.Real("learningRate", 2e-4, 0, 10),
        Schedule = training.Word("schedule", "cosine", "constant", "constant-with-warmup", "linear", "cosine") switch
        {
            "constant" => ScheduleKind.Constant,
            "constant-with-warmup" => ScheduleKind.ConstantWithWarmup,
            "linear" => ScheduleKind.Linear,
            _ => ScheduleKind.Cosine,
        },
        WarmupRatio = training.Real("warmupRatio", 0.03, 0, 1),
        WarmupSteps = training.Has("warmupSteps") ? (int)training.Integer("warmupSteps", 0, 0, Many) : null,
        Epochs = (int)training.Integer("epochs", 1, 1, 1_000_000),
        MaxSteps = (int)training.Integer("maxSteps", 0, 0, Many),
        BatchSize = (int)training.Integer("batchSize", 8, 1, 1_000_000),
        MicroBatchSize = (int)training.Integer("microBatchSize", 0, 0, 1_000_000),
        PackTokens = (int)training.Integer("packTokens", 0, 0, Many),
        GroupByLength = training.Flag("groupByLength", false),
        WeightDecay = training.Real("weightDecay", 0, 0, 10),
        Beta1 = training.Real("beta1", 0.9, 0, 0.999999),
        Beta2 = training.Real("beta2", 0.999, 0, 0.999999999),
        Epsilon = training.Real("epsilon", 1e-8, 1e-30, 1),
        MaxGradientNorm = training.Real("maxGradientNorm", 1, 0, 1e9),
        EmbeddingNoise = training.Real("embeddingNoise", 0, 0, 1e6),
        MaxBadSteps = (int)training.Integer("maxBadSteps", 3, 1, Many),
        Checkpointing = training.Choice("checkpointing", Automatic) ?? true,
        Seed = training.Integer("seed", 0, long.MinValue, long.MaxValue),
    };

    // "organism" is a name; a folder of that name beside the recipe is "./organism".
    // OWNER/NAME may be a folder too; where there is none, it is a model of the hub cache.
    private static string LocateModel(string model, string folder) =>
        HubName.TryParse(model, out _) && !Path.Exists(Path.GetFullPath(model, folder)) ? model : Locate(model, folder);

    private static string Locate(string text, string folder) =>
        text.Contains('/', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal) || Path.HasExtension(text)
            ? Path.GetFullPath(text, folder)
            : text;
}
