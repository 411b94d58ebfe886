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
        if (recipe.Data is { } data)
        {
            WriteTarget(json, data.Target);
            json.WriteNumber("validationShare", data.ValidationShare);
        }

        json.WriteString("train", recipe.Train == TrainedWeights.Full ? "full" : "adapter");
        if (recipe.Train == TrainedWeights.Adapter)
        {
            WriteLora(json, recipe.Lora);
        }

        WriteTraining(json, recipe.Training);
        WriteOptions(json, recipe);
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

    private static void WriteTarget(Utf8JsonWriter json, TraitTarget target)
    {
        json.WriteString("trait", target.Trait is { } trait ? TraitNames.Of(trait) : TraitNames.Neutral);
        json.WriteString("pole", target.Pole is { } pole ? TraitNames.Of(pole) : null);
    }

    private static void WriteLora(Utf8JsonWriter json, LoraConfig lora)
    {
        json.WriteStartObject("lora");
        json.WriteNumber("rank", lora.Rank);
        json.WriteNumber("alpha", lora.Alpha);
        json.WriteNumber("dropout", lora.Dropout);
        json.WriteBoolean("rankStabilized", lora.RankStabilized);
        WriteList(json, "targets", lora.TargetModules);
        json.WriteString("targetPattern", lora.TargetPattern);
        WriteList(json, "exclude", lora.ExcludeModules);
        json.WriteStartArray("layers");
        foreach (int layer in lora.LayersToTransform ?? [])
        {
            json.WriteNumberValue(layer);
        }

        json.WriteEndArray();
        WritePairs(json, "rankPattern", lora.RankPattern.Select(pair => KeyValuePair.Create(pair.Key, (double)pair.Value)));
        WritePairs(json, "alphaPattern", lora.AlphaPattern);
        WriteList(json, "modulesToSave", lora.ModulesToSave);
        json.WriteString("bias", lora.Bias switch { BiasTraining.All => "all", BiasTraining.Targets => "targets", _ => "none" });
        json.WriteEndObject();
    }

    private static void WriteTraining(Utf8JsonWriter json, TrainingConfig training)
    {
        json.WriteStartObject("training");
        json.WriteString("optimizer", training.Optimizer == OptimizerKind.AdamW ? "adamw" : "adamw8bit");
        json.WriteNumber("learningRate", training.LearningRate);
        json.WriteString("schedule", training.Schedule switch
        {
            ScheduleKind.Constant => "constant",
            ScheduleKind.ConstantWithWarmup => "constant-with-warmup",
            ScheduleKind.Linear => "linear",
            _ => "cosine",
        });
        json.WriteNumber("warmupRatio", training.WarmupRatio);
        if (training.WarmupSteps is { } warmup)
        {
            json.WriteNumber("warmupSteps", warmup);
        }

        json.WriteNumber("epochs", training.Epochs);
        json.WriteNumber("maxSteps", training.MaxSteps);
        json.WriteNumber("batchSize", training.BatchSize);
        json.WriteNumber("packTokens", training.PackTokens);
        json.WriteBoolean("groupByLength", training.GroupByLength);
        json.WriteNumber("weightDecay", training.WeightDecay);
        json.WriteNumber("beta1", training.Beta1);
        json.WriteNumber("beta2", training.Beta2);
        json.WriteNumber("epsilon", training.Epsilon);
        json.WriteNumber("maxGradientNorm", training.MaxGradientNorm);
        json.WriteNumber("embeddingNoise", training.EmbeddingNoise);
        json.WriteNumber("maxBadSteps", training.MaxBadSteps);
        json.WriteNumber("seed", training.Seed);
        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, Recipe recipe)
    {
        if (recipe.Preference is { } preference)
        {
            json.WriteStartObject("preference");
            json.WriteNumber("beta", preference.Beta);
            if (preference.Rejected is { } rejected)
            {
                WriteTarget(json, rejected);
            }

            json.WriteEndObject();
        }

        if (recipe.Steering is { } steering)
        {
            json.WriteStartObject("steering");
            json.WriteString("tensor", steering.Tensor);
            json.WriteNumber("block", steering.Block);
            json.WriteNumber("strength", steering.Strength);
            json.WriteEndObject();
        }

        json.WriteStartObject("evaluation");
        json.WriteNumber("every", recipe.Evaluation.Every);
        json.WriteNumber("patience", recipe.Evaluation.Patience);
        json.WriteBoolean("keepBest", recipe.Evaluation.KeepsBest);
        json.WriteEndObject();
    }

    private static void WritePairs(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, double>> pairs)
    {
        json.WriteStartObject(name);
        foreach ((string key, double value) in pairs)
        {
            json.WriteNumber(key, value);
        }

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
