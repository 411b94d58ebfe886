using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Documents;
using Temperament.Models.Text;

namespace Temperament.Methods.Training;

/// <summary>Reads recipes. <c>docs/recipe.schema.json</c> documents every field; relative paths are relative to the recipe's folder.</summary>
public static class RecipeReader
{
    private const long Many = 1_000_000_000;

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
        DocumentObject recipe = DocumentObject.Of(
            value, "recipe", "model", "quantize", "data", "lora", "training", "stopToken", "loss", "out", "saveEvery");
        string model = recipe.Require("model", "a folder, a .gguf file or \"organism\"");
        return new Recipe
        {
            Model = Locate(model, folder),
            Quantization = BaseQuantizationNames.Parse(recipe.Word("quantize", "none", [.. BaseQuantizationNames.All]))!.Value,
            Data = ReadData(recipe.Object("data", "recipe's \"data\"", "path", "trait", "pole", "excludeTopics", "limit"), folder),
            Lora = ReadLora(recipe, Path.GetFileName(model.TrimEnd('/', '\\'))),
            Training = ReadTraining(recipe),
            TrainsStopToken = recipe.Word("stopToken", "trained", "trained", "masked") == "trained",
            Part = recipe.Word("loss", "answer", "answer", "sequence") == "answer" ? TrainedPart.Answer : TrainedPart.Sequence,
            Out = Path.GetFullPath(recipe.Require("out", "the folder that the adapter is written to"), folder),
            SaveEvery = (int)recipe.Integer("saveEvery", 25, 0, Many),
        };
    }

    private static RecipeData ReadData(DocumentObject data, string folder)
    {
        data.Require("trait", "the trait that the answers show, or \"neutral\"");
        string trait = data.Word("trait", "", [TraitNames.Neutral, .. TraitNames.Traits]);
        string pole = data.Word("pole", TraitNames.Of(Pole.High), [.. TraitNames.Poles]);
        return new RecipeData
        {
            Path = Locate(data.Require("path", "a file of opinions, or \"organism\""), folder),
            Target = trait == TraitNames.Neutral ? TraitTarget.Neutral : new TraitTarget(TraitNames.ParseTrait(trait), TraitNames.ParsePole(pole)),
            ExcludeTopics = data.Strings("excludeTopics", []),
            Limit = (int)data.Integer("limit", 0, 0, Many),
        };
    }

    private static LoraConfig ReadLora(DocumentObject recipe, string baseModel)
    {
        DocumentObject lora = recipe.Object("lora", "recipe's \"lora\"", "rank", "alpha", "dropout", "targets", "exclude", "rankStabilized");
        int rank = (int)lora.Integer("rank", 16, 1, 4096);
        IReadOnlyList<string> targets = lora.Strings("targets", [LoraConfig.AllLinear]);
        return new LoraConfig
        {
            Rank = rank,
            Alpha = lora.Real("alpha", rank, 1e-6, 1e6),
            Dropout = lora.Real("dropout", 0, 0, 0.99),
            TargetModules = targets.Count > 0 ? targets : throw lora.Fault("targets", "\"targets\" is an empty list. Name modules, or leave it out."),
            ExcludeModules = lora.Strings("exclude", []),
            RankStabilized = lora.Flag("rankStabilized", false),
            BaseModel = baseModel,
        };
    }

    private static TrainingConfig ReadTraining(DocumentObject recipe)
    {
        DocumentObject training = recipe.Object(
            "training", "recipe's \"training\"", "learningRate", "schedule", "warmupRatio", "epochs", "maxSteps", "batchSize", "microBatchSize",
            "groupByLength", "weightDecay", "beta1", "beta2", "epsilon", "maxGradientNorm", "seed");
        return new TrainingConfig
        {
            LearningRate = training.Real("learningRate", 2e-4, 0, 10),
            Schedule = training.Word("schedule", "cosine", "constant", "constant-with-warmup", "linear", "cosine") switch
            {
                "constant" => ScheduleKind.Constant,
                "constant-with-warmup" => ScheduleKind.ConstantWithWarmup,
                "linear" => ScheduleKind.Linear,
                _ => ScheduleKind.Cosine,
            },
            WarmupRatio = training.Real("warmupRatio", 0.03, 0, 1),
            Epochs = (int)training.Integer("epochs", 1, 1, 1_000_000),
            MaxSteps = (int)training.Integer("maxSteps", 0, 0, Many),
            BatchSize = (int)training.Integer("batchSize", 8, 1, 1_000_000),
            MicroBatchSize = (int)training.Integer("microBatchSize", 0, 0, 1_000_000),
            GroupByLength = training.Flag("groupByLength", false),
            WeightDecay = training.Real("weightDecay", 0, 0, 10),
            Beta1 = training.Real("beta1", 0.9, 0, 0.999999),
            Beta2 = training.Real("beta2", 0.999, 0, 0.999999999),
            Epsilon = training.Real("epsilon", 1e-8, 0, 1),
            MaxGradientNorm = training.Real("maxGradientNorm", 1, 0, 1e9),
            Seed = training.Integer("seed", 0, long.MinValue, long.MaxValue),
        };
    }

    // "organism" is a name; a folder of that name beside the recipe is "./organism".
    private static string Locate(string text, string folder) =>
        text.Contains('/', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal) || Path.HasExtension(text)
            ? Path.GetFullPath(text, folder)
            : text;
}
