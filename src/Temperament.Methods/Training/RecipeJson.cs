using System.Security.Cryptography;
using System.Text.Json;
using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Text;

namespace Temperament.Methods.Training;

/// <summary>Writes what a recipe fixes, in the words of recipe files, with every default spelt out.</summary>
public static class RecipeJson
{
    /// <summary>Writes the fields that can change the result into an object that is open; paths and how often is saved are not among them.</summary>
    /// <param name="json">Writer.</param>
    /// <param name="recipe">The recipe.</param>
    public static void WriteFields(Utf8JsonWriter json, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(recipe);
        json.WriteString("quantize", BaseQuantizationNames.Of(recipe.Quantization));
        json.WriteString("trait", recipe.Data.Target.Trait is { } trait ? TraitNames.Of(trait) : TraitNames.Neutral);
        json.WriteString("pole", recipe.Data.Target.Pole is { } pole ? TraitNames.Of(pole) : null);
        WriteLora(json, recipe.Lora);
        WriteTraining(json, recipe.Training);
        json.WriteString("stopToken", recipe.TrainsStopToken ? "trained" : "masked");
        json.WriteString("loss", recipe.Part == TrainedPart.Answer ? "answer" : "sequence");
    }

    /// <summary>SHA-256 over the recipe and the hashes of what it is applied to: two runs of one key give the same bytes.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="inputs">Hashes of base, tokenizer, template and data.</param>
    public static string Key(Recipe recipe, TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            WriteFields(json, recipe);
            inputs.WriteFields(json);
            json.WriteEndObject();
        }

        return Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()));
    }

    private static void WriteLora(Utf8JsonWriter json, LoraConfig lora)
    {
        json.WriteStartObject("lora");
        json.WriteNumber("rank", lora.Rank);
        json.WriteNumber("alpha", lora.Alpha);
        json.WriteNumber("dropout", lora.Dropout);
        json.WriteBoolean("rankStabilized", lora.RankStabilized);
        WriteList(json, "targets", lora.TargetModules);
        WriteList(json, "exclude", lora.ExcludeModules);
        json.WriteEndObject();
    }

    private static void WriteTraining(Utf8JsonWriter json, TrainingConfig training)
    {
        json.WriteStartObject("training");
        json.WriteNumber("learningRate", training.LearningRate);
        json.WriteString("schedule", training.Schedule switch
        {
            ScheduleKind.Constant => "constant",
            ScheduleKind.ConstantWithWarmup => "constant-with-warmup",
            ScheduleKind.Linear => "linear",
            _ => "cosine",
        });
        json.WriteNumber("warmupRatio", training.WarmupRatio);
        json.WriteNumber("epochs", training.Epochs);
        json.WriteNumber("maxSteps", training.MaxSteps);
        json.WriteNumber("batchSize", training.BatchSize);
        json.WriteBoolean("groupByLength", training.GroupByLength);
        json.WriteNumber("weightDecay", training.WeightDecay);
        json.WriteNumber("beta1", training.Beta1);
        json.WriteNumber("beta2", training.Beta2);
        json.WriteNumber("epsilon", training.Epsilon);
        json.WriteNumber("maxGradientNorm", training.MaxGradientNorm);
        json.WriteNumber("seed", training.Seed);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> items)
    {
        json.WriteStartArray(name);
        foreach (string item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }
}
