using System.Globalization;
using System.Text.Json;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>A case of another trainer as a recipe: its base, the adapter it began with, its batches, and its settings.</summary>
internal sealed class ReplayCase
{
    private readonly string _root;
    private readonly JsonElement _document;

    private ReplayCase(string root, string folder)
    {
        _root = root;
        Folder = folder;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        _document = document.RootElement.Clone();
    }

    /// <summary>The case of an encoder, which <see cref="ClassifierReplay"/> replays.</summary>
    public const string Classifier = "roberta-seqcls-full";

    /// <summary>Every case of the reference folder.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "llama-f32-lora", "llama-f32-lora-all", "llama-nf4-lora", "llama-bf16-lora", "llama-full", "llama-accumulate", "llama-clip", "llama-neftune",
        "llama-packed", "llama-modules-to-save", "llama-dropout-mask", "llama-dpo", "llama-preventative", "gpt2-lora", "mistral-nf4-lora", Classifier,
    ];

    public string Folder { get; }

    public JsonElement Spec => _document.GetProperty("case");

    public JsonElement Tolerance => _document.GetProperty("tolerance");

    /// <summary>Tensors whose exact gradient is 0, and which move by rounding alone.</summary>
    public IReadOnlyList<string> NoiseOnly => _document.TryGetProperty("noise_only", out JsonElement noise)
        ? [.. noise.EnumerateArray().Select(e => e.GetString()!)] : [];

    public IReadOnlyList<JsonElement> Steps => [.. _document.GetProperty("steps").EnumerateArray()];

    public bool IsFull => !Directory.Exists(Path.Combine(Folder, "adapter-init"));

    public static ReplayCase Open(string root, string name) => new(root, Path.Combine(root, name));

    /// <summary>Writes the case as a recipe.</summary>
    public string WriteRecipe(string outFolder, string? baseName = null)
    {
        JsonElement optimizer = Spec.GetProperty("optimizer");
        double Number(string name, double otherwise) => optimizer.TryGetProperty(name, out JsonElement v) ? v.GetDouble() : otherwise;
        double[] betas = optimizer.TryGetProperty("betas", out JsonElement pair) ? [.. pair.EnumerateArray().Select(e => e.GetDouble())] : [0.9, 0.999];
        string schedule = optimizer.TryGetProperty("schedule", out JsonElement shape) ? shape.GetString()! : "constant";
        var recipe = new Dictionary<string, object>
        {
            ["model"] = Path.Combine(_root, "bases", baseName ?? Spec.GetProperty("base").GetString()!),
            ["batches"] = Path.Combine(Folder, "batches.safetensors"),
            ["training"] = new Dictionary<string, object>
            {
                ["learningRate"] = optimizer.GetProperty("lr").GetDouble(),
                ["schedule"] = schedule.Replace('_', '-'),
                ["warmupSteps"] = (int)Number("warmup", 0),
                ["weightDecay"] = Number("weight_decay", 0),
                ["maxGradientNorm"] = Number("clip", 0),
                ["beta1"] = betas[0],
                ["beta2"] = betas[1],
                ["embeddingNoise"] = Spec.TryGetProperty("neftune", out JsonElement noise) ? noise.GetDouble() : 0,
            },
            ["out"] = outFolder,
            ["saveEvery"] = 0,
        };
        recipe[IsFull ? "train" : "startFrom"] = IsFull ? "full" : Path.Combine(Folder, "adapter-init");
        if (Spec.TryGetProperty("beta", out JsonElement beta))
        {
            recipe["preference"] = new Dictionary<string, object> { ["beta"] = beta.GetDouble() };
        }

        if (Spec.TryGetProperty("steer", out JsonElement steer))
        {
            recipe["steering"] = new Dictionary<string, object>
            {
                ["path"] = Path.Combine(Folder, "batches.safetensors"),
                ["tensor"] = "steering_vector",
                ["block"] = steer.GetProperty("block").GetInt32(),
                ["strength"] = steer.GetProperty("strength").GetDouble(),
            };
        }

        string path = outFolder + ".json";
        File.WriteAllText(path, JsonSerializer.Serialize(recipe));
        return path;
    }

    /// <summary>Trains the recipe and compares with the reference.</summary>
    public ReplayErrors Replay(string? baseName = null, int threads = 2)
    {
        string folder = Path.Combine(TemporaryFolder.New("temper-replay"), "out");
        Recipe recipe = RecipeReader.ReadFile(WriteRecipe(folder, baseName));
        using var pool = new ComputePool(threads);
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(recipe.Model), pool, recipe.Quantization);
        TrainingData data = TrainingData.Of(GivenBatches.Open(recipe.Batches!, model.Config, recipe.Training));
        var steps = new List<TrainingStep>();
        using (var run = new TrainingRun(model, data, recipe))
        {
            run.Run(resume: false, steps.Add);
        }

        Assert.Equal(Steps.Count, steps.Count);
        double loss = Steps.Zip(steps, (expected, step) => Relative(expected.GetProperty("loss_f64").GetDouble(), step.Loss)).Max();
        double norm = Steps.Zip(steps, (expected, step) => Relative(expected.GetProperty("grad_norm_f64").GetDouble(), step.GradientNorm)).Max();
        foreach ((JsonElement expected, TrainingStep step) in Steps.Zip(steps).Where(pair => pair.First.TryGetProperty("targets", out _)))
        {
            Assert.Equal(expected.GetProperty("targets").GetInt32(), step.Targets);
        }

        WeightErrors weights = CompareWeights(folder, recipe.Model);
        return new ReplayErrors(loss, norm, weights, steps);
    }

    public static double Relative(double expected, double actual) => Math.Abs(actual - expected) / Math.Abs(expected);

    private WeightErrors CompareWeights(string folder, string model)
    {
        string start = IsFull ? Path.Combine(model, "model.safetensors") : Path.Combine(Folder, "adapter-init", "adapter_model.safetensors");
        using SafetensorsFile before = SafetensorsFile.Open(start), truth = SafetensorsFile.Open(Path.Combine(Folder, "truth.safetensors"));
        using SafetensorsFile after = SafetensorsFile.Open(Path.Combine(folder, IsFull ? "model.safetensors" : "adapter_model.safetensors"));
        return WeightErrors.Of(truth.Tensors.Keys.Where(key => key.StartsWith("final.", StringComparison.Ordinal)).Select(key => key["final.".Length..])
            .Select(name => (before.ReadFloats(name), after.ReadFloats(name), truth.ReadFloats("final." + name))));
    }
}

/// <summary>How far the weights after the last step are from those of the reference.</summary>
/// <param name="Final">Relative error of all tensors together, in their norm.</param>
/// <param name="Worst">The same of the tensor that is furthest off.</param>
/// <param name="Change">Normalised squared error of the change of all tensors.</param>
internal sealed record WeightErrors(double Final, double Worst, double Change)
{
    /// <summary>Compares tensors, each before the first step, after the last one, and as the reference has it.</summary>
    public static WeightErrors Of(IEnumerable<(float[] Before, float[] After, float[] Wanted)> tensors)
    {
        List<float> after = [], wanted = [], change = [], wantedChange = [];
        double worst = 0;
        foreach ((float[] from, float[] to, float[] expected) in tensors)
        {
            after.AddRange(to);
            wanted.AddRange(expected);
            change.AddRange(to.Zip(from, (a, b) => a - b));
            wantedChange.AddRange(expected.Zip(from, (a, b) => a - b));
            worst = Math.Max(worst, Math.Sqrt(Oracles.Nmse(to, expected)));
        }

        return new WeightErrors(
            Math.Sqrt(Oracles.Nmse(after.ToArray(), wanted.ToArray())), worst, Oracles.Nmse(change.ToArray(), wantedChange.ToArray()));
    }
}

/// <summary>How far a replay is from the reference.</summary>
/// <param name="Loss">Largest relative error of a loss.</param>
/// <param name="Norm">Largest relative error of a gradient norm.</param>
/// <param name="Weights">The weights after the last step.</param>
/// <param name="Steps">The steps.</param>
internal sealed record ReplayErrors(double Loss, double Norm, WeightErrors Weights, IReadOnlyList<TrainingStep> Steps)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"losses {Steps[0].Loss:f4} to {Steps[^1].Loss:f4}; relative errors: loss {Loss:e1}, gradient norm {Norm:e1}, final weights {Weights.Final:e1} (worst tensor {Weights.Worst:e1}); squared error of the change {Weights.Change:e1}");
}
