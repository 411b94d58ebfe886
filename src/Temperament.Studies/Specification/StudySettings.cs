using Temperament.Methods.Training;
using Temperament.Models.Documents;

namespace Temperament.Studies.Specification;

/// <summary>Reads recipes and ways to ask; what a further one leaves out is as in the study's own.</summary>
internal static class StudySettings
{
    public static readonly string[] RecipeFields =
    [
        "rank", "alpha", "dropout", "targets", "learningRate", "schedule", "warmupRatio", "epochs", "maxSteps", "batchSize", "weightDecay", "maxGradientNorm",
    ];

    public static readonly string[] GenerationFields = ["temperature", "topP", "maxNewTokens", "seed", "questions", "turn"];

    private static readonly (string Word, ScheduleKind Kind)[] Schedules =
    [
        ("constant", ScheduleKind.Constant), ("constant-with-warmup", ScheduleKind.ConstantWithWarmup), ("linear", ScheduleKind.Linear),
        ("cosine", ScheduleKind.Cosine),
    ];

    public static AdapterRecipe ReadRecipe(DocumentObject recipe, AdapterRecipe otherwise) => new()
    {
        Rank = (int)recipe.Integer("rank", otherwise.Rank, 1, 4096),
        Alpha = recipe.Real("alpha", otherwise.Alpha, 1e-6, 1e6),
        Dropout = recipe.Real("dropout", otherwise.Dropout, 0, 0.99),
        Targets = recipe.Strings("targets", otherwise.Targets),
        LearningRate = recipe.Real("learningRate", otherwise.LearningRate, 0, 10),
        Schedule = Schedules.First(s => s.Word == recipe.Word(
            "schedule", Schedules.First(own => own.Kind == otherwise.Schedule).Word, [.. Schedules.Select(own => own.Word)])).Kind,
        WarmupRatio = recipe.Real("warmupRatio", otherwise.WarmupRatio, 0, 1),
        Epochs = (int)recipe.Integer("epochs", otherwise.Epochs, 1, StudyReader.Many),
        MaxSteps = (int)recipe.Integer("maxSteps", otherwise.MaxSteps, 0, StudyReader.Many),
        BatchSize = (int)recipe.Integer("batchSize", otherwise.BatchSize, 1, StudyReader.Many),
        WeightDecay = recipe.Real("weightDecay", otherwise.WeightDecay, 0, 10),
        MaxGradientNorm = recipe.Real("maxGradientNorm", otherwise.MaxGradientNorm, 0, 1e9),
    };

    public static GenerationSpec ReadGeneration(DocumentObject generation, GenerationSpec otherwise)
    {
        string turn = generation.String("turn", otherwise.Turn);
        return new GenerationSpec
        {
            Temperature = generation.Real("temperature", otherwise.Temperature, 0, 100),
            TopP = generation.Real("topP", otherwise.TopP, 1e-6, 1),
            MaxNewTokens = (int)generation.Integer("maxNewTokens", otherwise.MaxNewTokens, 1, 1_000_000),
            Seed = generation.Integer("seed", otherwise.Seed, 0, long.MaxValue),
            Questions = (int)generation.Integer("questions", otherwise.Questions, 0, StudyReader.Many),
            Turn = turn.Split(GenerationSpec.QuestionMark).Length == 2 ? turn
                : throw generation.Fault("turn", $"read \"{turn}\"; the user's turn has {GenerationSpec.QuestionMark} once, where the question stands."),
        };
    }

    public static NamedRecipe[] ReadRecipes(DocumentObject study, AdapterRecipe own)
    {
        NamedRecipe[] recipes = [.. study.Objects("recipes", "study's further recipe", ["name", .. RecipeFields])
            .Select(recipe => new NamedRecipe(recipe.Require("name", "the name that arms use"), ReadRecipe(recipe, own)))];
        CheckNames(study, "recipes", [.. recipes.Select(recipe => recipe.Name)]);
        return recipes;
    }

    public static NamedGeneration[] ReadGenerations(DocumentObject study, GenerationSpec own)
    {
        NamedGeneration[] generations = [.. study.Objects("generations", "study's further generation", ["name", .. GenerationFields])
            .Select(generation => new NamedGeneration(generation.Require("name", "the name that arms use"), ReadGeneration(generation, own)))];
        CheckNames(study, "generations", [.. generations.Select(generation => generation.Name)]);
        return generations;
    }

    private static void CheckNames(DocumentObject study, string field, string[] names)
    {
        if (names.Append(StudyReader.Main).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw study.Fault(field, twice.Key == StudyReader.Main
                ? $"\"{StudyReader.Main}\" is the name of the study's own; give another one."
                : $"\"{twice.Key}\" stands twice. Rename one of them.");
        }
    }
}
