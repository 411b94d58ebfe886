using System.Text.Json;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Adapters;

/// <summary>
/// What stands in <c>persona.json</c> beside an adapter: which base, tokenizer, template and data it was made from, and how. An adapter
/// without one (made by another tool) is let through; one whose base or template differs is refused by name.
/// </summary>
public static class Passport
{
    /// <summary>Name of the file in the folder of the adapter.</summary>
    public const string FileName = "persona.json";

    private const int Version = 1;

    /// <summary>Writes the passport of a finished run.</summary>
    /// <param name="folder">Folder of the adapter.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="inputs">Hashes of what it was applied to.</param>
    /// <param name="result">What came out.</param>
    public static void Write(string folder, Recipe recipe, TrainingInputs inputs, TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(result);
        AtomicFile.Write(Path.Combine(folder, FileName), stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("run", RecipeJson.Key(recipe, inputs));
            json.WriteString("base", recipe.Lora.BaseModel);
            inputs.WriteFields(json);
            json.WriteStartObject("recipe");
            RecipeJson.WriteFields(json, recipe);
            json.WriteEndObject();
            json.WriteStartObject("training");
            json.WriteNumber("samples", result.Samples);
            json.WriteNumber("steps", result.Steps);
            WriteKnown(json, "firstLoss", result.FirstLoss);
            WriteKnown(json, "lastLoss", result.LastLoss);
            WriteKnown(json, "largestLogitChange", result.LargestLogitChange);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>Key of the run that a folder holds the finished adapter of; null where there is none.</summary>
    /// <param name="folder">Folder of the adapter.</param>
    public static string? RunOf(string folder) => Read(folder, "run");

    /// <summary>Refuses an adapter that was made for another base, tokenizer or template.</summary>
    /// <param name="folder">Folder of the adapter.</param>
    /// <param name="model">The model that it is to be put on.</param>
    /// <exception cref="AdapterException">The passport names another one.</exception>
    public static void Check(string folder, LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Compare(folder, "tokenizerSha256", () => model.Tokenizer.Hash, "tokenizer");
        Compare(folder, "templateSha256", () => model.Chat?.TemplateHash ?? "", "chat template");
        Compare(folder, "weightsSha256", () => model.WeightsHash, "base model");
    }

    // What a run did not measure is NaN, and is left out.
    private static void WriteKnown(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
    }

    // The hash of the model is asked for where the passport names one: a base without a tokenizer takes adapters without a passport.
    private static void Compare(string folder, string field, Func<string> hashOf, string what)
    {
        if (Read(folder, field) is { } made && hashOf() is var hash && made != hash)
        {
            throw new AdapterException(Path.Combine(folder, FileName), $"a {what} with sha256 {made}", $"the one of this model, {hash}",
                $"The adapter was trained on another {what}. Load it onto that one, or ask for it with --allow-other-base.");
        }
    }

    private static string? Read(string folder, string field)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(InputFile.ReadAll(path, 1 << 24));
            return document.RootElement.TryGetProperty(field, out JsonElement value) ? value.GetString() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new AdapterException(path, "text that is no passport", "what temper wrote beside the adapter",
                "Remove the file to load the adapter without its passport.", error);
        }
    }
}
