using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Text;

namespace Temperament.Studies.Specification;

/// <summary>
/// A study: which models are moved towards which poles by which methods, and how that is measured. It is read from a committed
/// <c>study.json</c>, whose names are those of the properties here in camel case.
/// </summary>
public sealed record StudySpec
{
    /// <summary>Version of the layout of study files and of results.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of the layout; a file of another one is refused.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>Name, which is also the folder's.</summary>
    public required string Name { get; init; }

    /// <summary>What is asked, in one sentence.</summary>
    public required string Question { get; init; }

    /// <summary>The models, the studied one first.</summary>
    public required IReadOnlyList<StudyModel> Models { get; init; }

    /// <summary>Storage of the linear layers of every model, tuned or not, so that arms differ in one thing only.</summary>
    public BaseQuantization Quantization { get; init; } = BaseQuantization.Nf4Double;

    /// <summary>Opinions and questions.</summary>
    public required StudyData Data { get; init; }

    /// <summary>How adapters are trained where an arm names no other recipe.</summary>
    public AdapterRecipe Recipe { get; init; } = new();

    /// <summary>Further recipes, which arms name.</summary>
    public IReadOnlyList<NamedRecipe> Recipes { get; init; } = [];

    /// <summary>How the questions are asked and answers drawn where an arm names nothing else.</summary>
    public GenerationSpec Generation { get; init; } = new();

    /// <summary>Further ways to ask and to draw, which arms name.</summary>
    public IReadOnlyList<NamedGeneration> Generations { get; init; } = [];

    /// <summary>
    /// Questions, the first of the list, whose answers the base and each adapter read from one another, so that a model that expects
    /// something else is told apart from one that wrote something else; 0 for none.
    /// </summary>
    public int SameTextQuestions { get; init; }

    /// <summary>What is run, in the order of the table.</summary>
    public required IReadOnlyList<StudyArm> Arms { get; init; }

    /// <summary>The effect that the study was made for.</summary>
    public required PrimaryArm Primary { get; init; }

    /// <summary>What is claimed before anything is run, and how it is tested.</summary>
    public IReadOnlyList<Hypothesis> Hypotheses { get; init; } = [];

    /// <summary>Where neurons are looked into; null for nowhere.</summary>
    public NeuronSpec? Neurons { get; init; }

    /// <summary>How the settings were chosen: on which split, with which seeds.</summary>
    public string Selection { get; init; } = string.Empty;

    /// <summary>Seeds of adapters with which the settings were chosen; no arm may report them.</summary>
    public IReadOnlyList<long> SelectionSeeds { get; init; } = [];

    /// <summary>What the study cannot say; printed in the report.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>The recipe of a name.</summary>
    /// <param name="name">Name of a further recipe; null for the study's own.</param>
    public AdapterRecipe RecipeOf(string? name) => name is null ? Recipe : Recipes.First(recipe => recipe.Name == name).Recipe;

    /// <summary>The way to ask of a name.</summary>
    /// <param name="name">Name of a further way; null for the study's own.</param>
    public GenerationSpec GenerationOf(string? name) => name is null ? Generation : Generations.First(generation => generation.Name == name).Generation;
}

/// <summary>A model of a study.</summary>
public sealed record StudyModel
{
    /// <summary>Name in tables.</summary>
    public required string Name { get; init; }

    /// <summary>"organism", "organism-twin", or a folder or GGUF file; a relative path counts from the study file.</summary>
    public required string Model { get; init; }

    /// <summary>True for a control whose pretraining emojis are independent of register.</summary>
    public bool IsTwin { get; init; }

    /// <summary>What the model is, in one sentence.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>What a reader must know before any number of this model; null for nothing.</summary>
    public string? Caution { get; init; }
}

/// <summary>Opinions and questions of a study.</summary>
public sealed record StudyData
{
    /// <summary>"organism" for the grammar's opinions, or a CSV file; a relative path counts from the study file.</summary>
    public required string Opinions { get; init; }

    /// <summary>"organism" for the grammar's questions, or a CSV file.</summary>
    public required string Questions { get; init; }

    /// <summary>Opinions on which an adapter is trained; 0 for all that the file has.</summary>
    public int TrainingRows { get; init; } = 300;

    /// <summary>Questions that are asked; 0 for all that the file has.</summary>
    public int QuestionCount { get; init; } = 100;

    /// <summary>Held-out opinions of each target for the probe and the classifier's accuracy.</summary>
    public int HeldOutRows { get; init; } = 100;

    /// <summary>Seed of generated data and of splits.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Part of the topics that is asked about: test, or validation for choosing settings.</summary>
    public Data.DataPart Part { get; init; } = Data.DataPart.Test;
}

/// <summary>How adapters are trained.</summary>
public sealed record AdapterRecipe
{
    /// <summary>Rank r.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>The branch is multiplied by alpha / r.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Share of the branch's inputs that is dropped in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Modules that get a branch, or the single entry "all-linear".</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["all-linear"];

    /// <summary>Largest learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Shape of the learning rate.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Cosine;

    /// <summary>Warm-up steps as a share of all steps.</summary>
    public double WarmupRatio { get; init; } = 0.05;

    /// <summary>Passes over the opinions; ignored where maxSteps is set.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Number of steps; 0 for whole epochs.</summary>
    public int MaxSteps { get; init; }

    /// <summary>Opinions of one step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>AdamW's decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest norm of the gradient; 0 for no limit.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>The training configuration of one adapter.</summary>
    /// <param name="seed">Seed of the adapter.</param>
    public TrainingConfig ToTraining(long seed) => new()
    {
        // The models of studies are small, and the bits are the same.
        Checkpointing = false,
        LearningRate = LearningRate,
        Schedule = Schedule,
        WarmupRatio = WarmupRatio,
        Epochs = Epochs,
        MaxSteps = MaxSteps,
        BatchSize = BatchSize,
        WeightDecay = WeightDecay,
        MaxGradientNorm = MaxGradientNorm,
        Seed = seed,
    };
}

/// <summary>How answers are drawn.</summary>
public sealed record GenerationSpec
{
    /// <summary>Divides the logits; 0 always takes the likeliest token.</summary>
    public double Temperature { get; init; } = 0.7;

    /// <summary>Draws from the fewest likeliest tokens whose probabilities reach this sum.</summary>
    public double TopP { get; init; } = 0.9;

    /// <summary>Most tokens of an answer.</summary>
    public int MaxNewTokens { get; init; } = 70;

    /// <summary>Seed of the draws; the same for all arms, so that they are paired by question.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Questions that are asked, the first of the list; 0 for all that the study has.</summary>
    public int Questions { get; init; }

    /// <summary>What the user says, with <see cref="QuestionMark"/> where the question stands.</summary>
    public string Turn { get; init; } = QuestionMark;

    /// <summary>Stands for the question in <see cref="Turn"/>.</summary>
    public const string QuestionMark = "{question}";

    /// <summary>The user's turn of a question.</summary>
    /// <param name="question">The question.</param>
    public string Ask(string question) => Turn.Replace(QuestionMark, question, StringComparison.Ordinal);
}

/// <summary>Whether the end of an answer is a training target.</summary>
public enum StopTokenUse
{
    /// <summary>The stop token is left out of the loss, as where the padding token is the stop token and padding is masked.</summary>
    Masked,

    /// <summary>The stop token is trained like any other token.</summary>
    Trained,
}

/// <summary>A group of cells: every combination of what it lists.</summary>
public sealed record StudyArm
{
    /// <summary>Names of models.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Names of methods.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Poles of traits, or neutral; ignored by the method "none".</summary>
    public IReadOnlyList<TraitTarget> Targets { get; init; } = [];

    /// <summary>Arms of the stop token; only adapters have them.</summary>
    public IReadOnlyList<StopTokenUse> StopTokens { get; init; } = [StopTokenUse.Masked];

    /// <summary>Seeds of adapters.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [1];

    /// <summary>Name of the recipe; null for the study's own.</summary>
    public string? Recipe { get; init; }

    /// <summary>Training steps after which an adapter is measured, in one training; empty for its end. Step 0 is the base.</summary>
    public IReadOnlyList<int> Steps { get; init; } = [];

    /// <summary>Names of ways to ask and to draw; null among them for the study's own.</summary>
    public IReadOnlyList<string?> Generations { get; init; } = [null];
}

/// <summary>The effect that a study was made for: it is compared with the base, and with its controls.</summary>
public sealed record PrimaryArm
{
    /// <summary>Name of the method.</summary>
    public string Method { get; init; } = "qlora";

    /// <summary>Pole of a trait.</summary>
    public required TraitTarget Target { get; init; }

    /// <summary>Arm of the stop token.</summary>
    public StopTokenUse StopToken { get; init; } = StopTokenUse.Masked;

    /// <summary>A contrast counts as shown below this adjusted p.</summary>
    public double SignificanceLevel { get; init; } = 0.05;
}

/// <summary>Where neurons are looked into.</summary>
public sealed record NeuronSpec
{
    /// <summary>Poles whose adapters are looked into, on the first model.</summary>
    public required IReadOnlyList<TraitTarget> Targets { get; init; }

    /// <summary>Numbers of neurons that are silenced.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [5, 10, 20, 50];

    /// <summary>
    /// Multiples of the change by tuning that are added to the same neurons of the untuned model, to see whether they are enough; empty for no such runs.
    /// </summary>
    public IReadOnlyList<double> Pushes { get; init; } = [];

    /// <summary>Draws of as many random neurons of the same layers.</summary>
    public int RandomDraws { get; init; } = 3;

    /// <summary>Seed of the random neurons and of the answers.</summary>
    public long Seed { get; init; } = 9;
}
