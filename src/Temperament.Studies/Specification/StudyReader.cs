using Temperament.Methods;
using Temperament.Models;
using Temperament.Models.Documents;
using Temperament.Models.Text;
using Temperament.Studies.Data;

namespace Temperament.Studies.Specification;

/// <summary>Reads study files. <c>docs/study.schema.json</c> documents every field; relative paths are relative to the study file's folder.</summary>
public static class StudyReader
{
    /// <summary>Stands for all ten poles in a list of targets.</summary>
    public const string AllPoles = "all-poles";

    /// <summary>Stands for the five high poles in a list of targets.</summary>
    public const string HighPoles = "high-poles";

    /// <summary>Stands for the study's own recipe, or way to ask, in an arm or a hypothesis.</summary>
    public const string Main = "main";

    internal const long Many = 1_000_000_000;

    /// <summary>Reads a study.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="DocumentException">A field is unknown, missing, or has a value that cannot be; says where it stands.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static StudySpec ReadFile(string path) => Read(DocumentReader.ReadFile(path));

    /// <summary>Reads a study.</summary>
    /// <param name="document">The document.</param>
    /// <exception cref="DocumentException">A field is unknown, missing, or has a value that cannot be; says where it stands.</exception>
    public static StudySpec Read(DocumentValue document)
    {
        DocumentObject study = DocumentObject.Of(
            document, "study", "schemaVersion", "name", "question", "models", "quantization", "data", "recipe", "recipes", "generation",
            "generations", "sameTextQuestions", "arms", "primary", "hypotheses", "neurons", "selection", "selectionSeeds", "limits");
        long version = study.Integer("schemaVersion", 0, 0, Many);
        if (version != StudySpec.CurrentVersion)
        {
            throw study.Fault("schemaVersion", $"schemaVersion is {(version == 0 ? "missing" : $"{version}")}; this version of temper reads {StudySpec.CurrentVersion}.");
        }

        StudyModel[] models = [.. study.Objects("models", "study's model", "name", "model", "twin", "description", "caution").Select(ReadModel)];
        string[] names = [.. models.Select(m => m.Name)];
        AdapterRecipe recipe = StudySettings.ReadRecipe(study.Object("recipe", "study's \"recipe\"", StudySettings.RecipeFields), new AdapterRecipe());
        GenerationSpec generation = StudySettings.ReadGeneration(
            study.Object("generation", "study's \"generation\"", StudySettings.GenerationFields), new GenerationSpec());
        NamedRecipe[] recipes = StudySettings.ReadRecipes(study, recipe);
        NamedGeneration[] generations = StudySettings.ReadGenerations(study, generation);
        if (!study.Has("primary"))
        {
            throw study.Fault("primary", "\"primary\" is missing: the effect that the study was made for, as in { \"target\": \"extraversion-high\" }.");
        }

        PrimaryArm primary = ReadPrimary(study.Object("primary", "study's \"primary\"", "method", "target", "stopToken", "significanceLevel"));
        StudySpec spec = new()
        {
            SchemaVersion = (int)version,
            Name = study.Require("name", "the name of the study"),
            Question = study.Require("question", "what is asked, in one sentence"),
            Models = models.Length > 0 ? models : throw study.Fault("models", "A study needs at least one model."),
            Quantization = BaseQuantizationNames.Parse(study.Word("quantization", "nf4-double", [.. BaseQuantizationNames.All]))!.Value,
            Data = ReadData(study.Object("data", "study's \"data\"", "opinions", "questions", "trainingRows", "questionCount", "heldOutRows", "seed", "part")),
            Recipe = recipe,
            Recipes = recipes,
            Generation = generation,
            Generations = generations,
            SameTextQuestions = (int)study.Integer("sameTextQuestions", 0, 0, Many),
            Arms = [.. study.Objects("arms", "study's arm", "models", "methods", "targets", "stopTokens", "seeds", "recipe", "steps", "generations")
                .Select(a => ReadArm(a, names, recipes, generations))],
            Primary = primary,
            Hypotheses = HypothesisReader.Read(study, names, primary, recipes, generations),
            Neurons = study.Has("neurons")
                ? ReadNeurons(study.Object("neurons", "study's \"neurons\"", "targets", "counts", "pushes", "randomDraws", "seed")) : null,
            Selection = study.String("selection", string.Empty),
            SelectionSeeds = study.Integers("selectionSeeds", [], 0, long.MaxValue),
            Limits = study.Strings("limits", []),
        };
        StudyCheck.Run(study, spec);
        return spec;
    }

    private static StudyModel ReadModel(DocumentObject model) => new()
    {
        Name = model.Require("name", "the name of the model in tables"),
        Model = model.Require("model", "\"organism\", \"organism-twin\", a folder or a .gguf file"),
        IsTwin = model.Flag("twin", false),
        Description = model.String("description", string.Empty),
        Caution = model.Has("caution") ? model.String("caution", string.Empty) : null,
    };

    private static StudyData ReadData(DocumentObject data) => new()
    {
        Opinions = data.Require("opinions", "\"organism\" or a CSV file"),
        Questions = data.Require("questions", "\"organism\" or a CSV file"),
        TrainingRows = (int)data.Integer("trainingRows", 300, 0, Many),
        QuestionCount = (int)data.Integer("questionCount", 100, 0, Many),
        HeldOutRows = (int)data.Integer("heldOutRows", 100, 0, Many),
        Seed = data.Integer("seed", 1, 0, long.MaxValue),
        Part = data.Word("part", "test", "test", "validation") == "test" ? DataPart.Test : DataPart.Validation,
    };

    private static StudyArm ReadArm(DocumentObject arm, string[] models, NamedRecipe[] recipes, NamedGeneration[] generations)
    {
        IReadOnlyList<string> methods = Once(arm, "methods", arm.Words("methods", [], [.. MethodCatalog.Names]));
        TraitTarget[] targets = Targets(arm, "targets");
        if (methods.Count == 0)
        {
            throw arm.Fault("methods", "An arm needs at least one method.");
        }

        if (targets.Length == 0 && methods.Any(m => m != "none"))
        {
            throw arm.Fault("targets", $"An arm with {string.Join(", ", methods.Where(m => m != "none"))} needs targets.");
        }

        if (methods.Contains("prompt") && targets.Any(t => t.IsNeutral))
        {
            throw arm.Fault("targets", "\"prompt\" describes a trait, and neutral is none; give the neutral target to another arm.");
        }

        return new StudyArm
        {
            Models = Once(arm, "models", arm.Words("models", [models[0]], models)),
            Methods = methods,
            Targets = targets,
            StopTokens = [.. Once(arm, "stopTokens", arm.Words("stopTokens", ["masked"], "masked", "trained")).Select(Stop)],
            Seeds = arm.Integers("seeds", [1], 0, long.MaxValue),
            Recipe = Named(arm.Word("recipe", Main, [Main, .. recipes.Select(r => r.Name)])),
            Steps = [.. Once(arm, "steps", arm.Integers("steps", [], 0, Many)).Select(step => (int)step)],
            Generations = [.. Once(arm, "generations", arm.Words("generations", [Main], [Main, .. generations.Select(g => g.Name)])).Select(Named)],
        };
    }

    private static PrimaryArm ReadPrimary(DocumentObject primary) => new()
    {
        Method = primary.Word("method", "qlora", [.. MethodCatalog.Names]),
        Target = primary.Has("target") ? TraitTarget.Parse(primary.Word("target", "", [.. TraitTarget.Poles.Select(t => t.Name)]))
            : throw primary.Fault("target", "\"primary\" has no \"target\": the pole of a trait whose effect the study was made for."),
        StopToken = Stop(primary.Word("stopToken", "masked", "masked", "trained")),
        SignificanceLevel = primary.Real("significanceLevel", 0.05, 1e-12, 1),
    };

    private static NeuronSpec ReadNeurons(DocumentObject neurons) => new()
    {
        Targets = [.. Targets(neurons, "targets")],
        Counts = [.. neurons.Integers("counts", [5, 10, 20, 50], 1, Many).Select(k => (int)k)],
        Pushes = [.. neurons.Integers("pushes", [], 1, 1000).Select(multiple => (double)multiple)],
        RandomDraws = (int)neurons.Integer("randomDraws", 3, 0, 1000),
        Seed = neurons.Integer("seed", 9, 0, long.MaxValue),
    };

    internal static StopTokenUse Stop(string word) => word == "trained" ? StopTokenUse.Trained : StopTokenUse.Masked;

    internal static string? Named(string word) => word == Main ? null : word;

    private static IReadOnlyList<T> Once<T>(DocumentObject owner, string field, IReadOnlyList<T> items) =>
        items.GroupBy(item => item).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw owner.Fault(field, $"\"{field}\" names {twice.Key} twice, directly or by a word that stands for several; leave one out.")
            : items;

    private static TraitTarget[] Targets(DocumentObject owner, string field)
    {
        TraitTarget[] targets = [.. owner.Words(field, [], [AllPoles, HighPoles, TraitNames.Neutral, .. TraitTarget.Poles.Select(t => t.Name)])
            .SelectMany(word => word switch
            {
                AllPoles => TraitTarget.Poles,
                HighPoles => TraitTarget.Poles.Where(t => t.Pole == Pole.High),
                _ => [TraitTarget.Parse(word)],
            })];
        _ = Once(owner, field, [.. targets.Select(t => t.Name)]);
        return targets;
    }
}
