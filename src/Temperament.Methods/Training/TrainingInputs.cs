using System.Security.Cryptography;
using System.Text.Json;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>SHA-256 of everything that a run reads, in hexadecimal.</summary>
/// <param name="Weights">Weights of the base as stored.</param>
/// <param name="Tokenizer">Tokenizer of the base; empty where it has none and batches are given.</param>
/// <param name="Template">Chat template of the base; empty without one.</param>
/// <param name="Data">Tokens and targets of all samples, in order; or the file of given batches.</param>
/// <param name="Start">Weights of the adapter that is started from; empty for a fresh one.</param>
/// <param name="Steering">File of the vector that is added in training; empty for none.</param>
public sealed record TrainingInputs(string Weights, string Tokenizer, string Template, string Data, string Start = "", string Steering = "")
{
    /// <summary>Takes the hashes.</summary>
    /// <param name="model">The base.</param>
    /// <param name="data">What is trained and validated on.</param>
    /// <param name="recipe">Names the other files.</param>
    public static TrainingInputs Of(LanguageModel model, TrainingData data, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(recipe);
        bool hasText = data.Given is null || HasTokenizer(model);
        return new TrainingInputs(
            model.WeightsHash,
            hasText ? model.Tokenizer.Hash : "",
            hasText ? model.Chat?.TemplateHash ?? "" : "",
            data.Hash,
            recipe.StartFrom is { } folder ? HashOf(Path.Combine(folder, "adapter_model.safetensors")) : "",
            recipe.Steering is { } steering ? HashOf(steering.Path) : "");
    }

    /// <summary>Writes the hashes into an object that is open.</summary>
    /// <param name="json">Writer.</param>
    public void WriteFields(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("weightsSha256", Weights);
        json.WriteString("tokenizerSha256", Tokenizer);
        json.WriteString("templateSha256", Template);
        json.WriteString("dataSha256", Data);
        if (Start.Length > 0)
        {
            json.WriteString("startSha256", Start);
        }

        if (Steering.Length > 0)
        {
            json.WriteString("steeringSha256", Steering);
        }
    }

    internal static bool HasTokenizer(LanguageModel model)
    {
        try
        {
            return model.Tokenizer.VocabularySize > 0;
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    private static string HashOf(string path)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        using FileStream stream = InputFile.OpenSeekable(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
