using System.Text.Json;
using System.Text.Json.Nodes;
using Temperament.Models.Checkpoints.Gguf;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>Everything of a Hugging Face folder but the weights: copied from a folder, or made from a GGUF file.</summary>
internal static class TextFiles
{
    // What transformers and llama.cpp's converter look for; those that the checkpoint has are copied byte for byte.
    private static readonly string[] Copied =
    [
        "added_tokens.json", "chat_template.jinja", "generation_config.json", "merges.txt", "special_tokens_map.json", "tokenizer.json",
        "tokenizer.model", "tokenizer_config.json", "vocab.json", "vocab.txt",
    ];

    /// <summary>Writes the files.</summary>
    /// <param name="folder">Folder.</param>
    /// <param name="source">Checkpoint.</param>
    /// <param name="stored">How the weights are stored.</param>
    /// <param name="quantization">Writes the value of <c>quantization_config</c>; null for none.</param>
    public static void Write(string folder, ModelSource source, StoredAs stored, Action<Utf8JsonWriter>? quantization = null)
    {
        ModelSource root = source;
        while (root is EditedSource edited)
        {
            root = edited.Inner;
        }

        WriteText(folder, root);
        AtomicFile.Write(Path.Combine(folder, "config.json"), root is HuggingFaceSource hub
            ? Patched(hub.Files, stored, quantization)
            : Made((GgufSource)root, stored, quantization));
    }

    /// <summary>Writes tokenizer, chat template and generation settings, without the shape of the model.</summary>
    /// <param name="folder">Folder.</param>
    /// <param name="source">Checkpoint.</param>
    public static void WriteText(string folder, ModelSource source)
    {
        switch (source)
        {
            case HuggingFaceSource hub:
                foreach (string name in Copied.Where(hub.Files.Exists))
                {
                    AtomicFile.Write(Path.Combine(folder, name), hub.Files.ReadAll(name));
                }

                break;
            case GgufSource gguf:
                MakeText(folder, gguf);
                break;
            default:
                throw new ArgumentException($"The files of a {source.GetType().Name} are not known.", nameof(source));
        }
    }

    private static byte[] Patched(ICheckpointFiles files, StoredAs stored, Action<Utf8JsonWriter>? quantization)
    {
        JsonObject config = JsonNode.Parse(files.ReadAll("config.json").Span)!.AsObject();
        string key = config.ContainsKey("dtype") ? "dtype" : "torch_dtype";
        return JsonFile.Object(json =>
        {
            foreach ((string name, JsonNode? value) in config.Where(field => field.Key != key && field.Key != "quantization_config"))
            {
                json.WritePropertyName(name);
                if (value is null)
                {
                    json.WriteNullValue();
                }
                else
                {
                    value.WriteTo(json);
                }
            }

            json.WriteString(key, DecoderConfigWriter.TypeName(stored));
            WriteQuantization(json, quantization);
        });
    }

    private static byte[] Made(GgufSource source, StoredAs stored, Action<Utf8JsonWriter>? quantization) => JsonFile.Object(json =>
    {
        DecoderConfigWriter.Write(json, source.Config, stored, Bos(source), source.EosTokens);
        WriteQuantization(json, quantization);
    });

    private static void MakeText(string folder, GgufSource source)
    {
        AtomicFile.Write(Path.Combine(folder, "generation_config.json"), JsonFile.Object(json => DecoderConfigWriter.WriteTokens(json, Bos(source), source.EosTokens)));
        AtomicFile.Write(Path.Combine(folder, "tokenizer.json"), GgufTokenizerJson.Write(source.File));
        AtomicFile.Write(Path.Combine(folder, "tokenizer_config.json"), JsonFile.Object(json =>
        {
            foreach ((string name, string token) in source.Tokenizer.NamedTokens.OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, token);
            }

            if (source.Template is { } template)
            {
                json.WriteString("chat_template", template.Source);
            }

            json.WriteBoolean("clean_up_tokenization_spaces", false);
            json.WriteNumber("model_max_length", source.Config.MaxPositions);
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        }));
    }

    private static int? Bos(GgufSource source) =>
        source.Tokenizer.NamedTokens.TryGetValue("bos_token", out string? token) ? source.Tokenizer.TokenId(token) : null;

    private static void WriteQuantization(Utf8JsonWriter json, Action<Utf8JsonWriter>? quantization)
    {
        if (quantization is not null)
        {
            json.WriteStartObject("quantization_config");
            quantization(json);
            json.WriteEndObject();
        }
    }
}
