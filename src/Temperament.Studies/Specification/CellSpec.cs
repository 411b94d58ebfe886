using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Temperament.Models;
using Temperament.Models.Text;

namespace Temperament.Studies.Specification;

/// <summary>Everything that can change the result of one cell. Its hash is the cell's key.</summary>
public sealed record CellSpec
{
    /// <summary>Raised whenever the code gives other results for the same settings.</summary>
    public const int ResultsVersion = 1;

    /// <summary>Name of the model in the study.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of the model's weights.</summary>
    public required string WeightsHash { get; init; }

    /// <summary>Hash of the tokenizer.</summary>
    public required string TokenizerHash { get; init; }

    /// <summary>Hash of the chat template.</summary>
    public required string TemplateHash { get; init; }

    /// <summary>Storage of the linear layers.</summary>
    public required BaseQuantization Quantization { get; init; }

    /// <summary>Name of the method.</summary>
    public required string Method { get; init; }

    /// <summary>Pole that is aimed at; neutral for the base model and for the neutral control.</summary>
    public required TraitTarget Target { get; init; }

    /// <summary>Arm of the stop token; null where nothing is trained.</summary>
    public StopTokenUse? StopToken { get; init; }

    /// <summary>Seed of the adapter; null where nothing is trained.</summary>
    public long? Seed { get; init; }

    /// <summary>How the adapter is trained; null where nothing is.</summary>
    public AdapterRecipe? Recipe { get; init; }

    /// <summary>Name of the recipe in the study; null for its own. What it says is in <see cref="Recipe"/>.</summary>
    public string? RecipeName { get; init; }

    /// <summary>Training step after which the adapter is measured; null for the end of its training.</summary>
    public int? Step { get; init; }

    /// <summary>Name of the way to ask in the study; null for its own. What it says is in <see cref="Generation"/>.</summary>
    public string? GenerationName { get; init; }

    /// <summary>Answers that are read by base and adapter from one another.</summary>
    public int SameTextQuestions { get; init; }

    /// <summary>Hash of the opinions that the cell uses; empty where it uses none.</summary>
    public required string OpinionsHash { get; init; }

    /// <summary>Hash of the questions.</summary>
    public required string QuestionsHash { get; init; }

    /// <summary>Hash of everything that scores are made with: classifier and held-out texts.</summary>
    public required string ScoringHash { get; init; }

    /// <summary>How answers are drawn.</summary>
    public required GenerationSpec Generation { get; init; }

    /// <summary>What the cell is, in words.</summary>
    public string Label
    {
        get
        {
            var label = new StringBuilder(Model).Append(' ').Append(Method);
            if (Method != "none")
            {
                label.Append(' ').Append(Target.Name);
            }

            if (StopToken is { } stop)
            {
                label.Append(stop == StopTokenUse.Masked ? " (stop masked" : " (stop trained").Append($", seed {Seed}")
                    .Append(RecipeName is null ? "" : $", {RecipeName}").Append(Step is null ? "" : $", step {Step}").Append(')');
            }

            return label.Append(GenerationName is null ? "" : $", {GenerationName}").ToString();
        }
    }

    /// <summary>First 16 hexadecimal digits of the SHA-256 of <see cref="ToJson()"/>.</summary>
    public string Key => Convert.ToHexStringLower(SHA256.HashData(ToJson()))[..16];

    /// <summary>Key of the training of the cell's adapter, which cells share that differ only in when and how they are measured.</summary>
    /// <param name="steps">Steps before the end at which the adapter is kept.</param>
    public string TrainingKey(IReadOnlyList<int> steps) => "training-"
        + Convert.ToHexStringLower(SHA256.HashData([.. ToJson(measured: false), .. Encoding.UTF8.GetBytes(string.Join(',', steps))]))[..12];

    /// <summary>The cell as JSON with its fields in one fixed order.</summary>
    public byte[] ToJson() => ToJson(measured: true);

    private byte[] ToJson(bool measured)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("resultsVersion", ResultsVersion);
            json.WriteString("model", Model);
            json.WriteString("weights", WeightsHash);
            json.WriteString("tokenizer", TokenizerHash);
            json.WriteString("template", TemplateHash);
            json.WriteString("quantization", Quantization.ToString());
            json.WriteString("method", Method);
            json.WriteString("target", Target.Name);
            json.WriteString("stopToken", StopToken?.ToString());
            if (Seed is long seed)
            {
                json.WriteNumber("seed", seed);
            }

            if (Recipe is { } recipe)
            {
                WriteRecipe(json, recipe);
            }

            json.WriteString("opinions", OpinionsHash);
            if (measured)
            {
                WriteMeasurement(json);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void WriteMeasurement(Utf8JsonWriter json)
    {
        json.WriteString("questions", QuestionsHash);
        json.WriteString("scoring", ScoringHash);
        json.WriteStartObject("generation");
        json.WriteNumber("temperature", Generation.Temperature);
        json.WriteNumber("topP", Generation.TopP);
        json.WriteNumber("maxNewTokens", Generation.MaxNewTokens);
        json.WriteNumber("seed", Generation.Seed);
        if (Generation.Turn != GenerationSpec.QuestionMark)
        {
            json.WriteString("turn", Generation.Turn);
        }

        json.WriteEndObject();
        if (Step is { } step)
        {
            json.WriteNumber("step", step);
        }

        if (SameTextQuestions > 0)
        {
            json.WriteNumber("sameTextQuestions", SameTextQuestions);
        }
    }

    private static void WriteRecipe(Utf8JsonWriter json, AdapterRecipe recipe)
    {
        json.WriteStartObject("recipe");
        json.WriteNumber("rank", recipe.Rank);
        json.WriteNumber("alpha", recipe.Alpha);
        json.WriteNumber("dropout", recipe.Dropout);
        json.WriteString("targets", string.Join(',', recipe.Targets));
        json.WriteNumber("learningRate", recipe.LearningRate);
        json.WriteString("schedule", recipe.Schedule.ToString());
        json.WriteNumber("warmupRatio", recipe.WarmupRatio);
        json.WriteNumber("epochs", recipe.Epochs);
        json.WriteNumber("maxSteps", recipe.MaxSteps);
        json.WriteNumber("batchSize", recipe.BatchSize);
        json.WriteNumber("weightDecay", recipe.WeightDecay);
        json.WriteNumber("maxGradientNorm", recipe.MaxGradientNorm);
        json.WriteEndObject();
    }
}
