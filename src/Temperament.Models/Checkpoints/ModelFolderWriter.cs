using System.Text.Json;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints;

/// <summary>Writes a Hugging Face folder of the Llama architecture, readable by transformers and by <see cref="HuggingFaceSource"/>.</summary>
public static class ModelFolderWriter
{
    /// <summary>Writes a model; each file under a temporary name that is then renamed.</summary>
    /// <param name="folder">Folder; made if it is not there.</param>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="parameters">Every weight once, under its name; those of a tied head only once.</param>
    /// <param name="stored">Storage type of the weights.</param>
    /// <param name="text">Tokenizer and template.</param>
    public static void Write(string folder, DecoderConfig config, IEnumerable<Parameter> parameters, StoredAs stored, ModelText text)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(text);
        if (config.Family != "llama")
        {
            throw new ArgumentException($"A model of family {config.Family} is not written as a Llama folder.", nameof(config));
        }

        Directory.CreateDirectory(folder);
        SafetensorsTensor[] tensors = [.. parameters.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p =>
        {
            long[]? shape = p.Value.Rows == 1 ? [p.Value.Columns] : null;
            return stored == StoredAs.F32 ? SafetensorsTensor.F32(p.Name, p.Value, shape) : SafetensorsTensor.Bf16(p.Name, p.Value, shape);
        })];
        SafetensorsWriter.Write(System.IO.Path.Combine(folder, "model.safetensors"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        WriteJson(folder, "config.json", json => DecoderConfigWriter.Write(json, config, stored, text.BosToken, [text.EosToken]));
        WriteJson(folder, "generation_config.json", json =>
        {
            json.WriteNumber("bos_token_id", text.BosToken);
            json.WriteNumber("eos_token_id", text.EosToken);
        });
        WriteJson(folder, "tokenizer_config.json", json =>
        {
            json.WriteString("bos_token", text.BosText);
            json.WriteString("chat_template", text.ChatTemplate);
            json.WriteBoolean("clean_up_tokenization_spaces", false);
            json.WriteString("eos_token", text.EosText);
            json.WriteNumber("model_max_length", config.MaxPositions);
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        });
        WriteBytes(folder, "tokenizer.json", text.TokenizerJson);
    }

    private static void WriteJson(string folder, string name, Action<Utf8JsonWriter> write) => WriteBytes(folder, name, JsonFile.Object(write));

    private static void WriteBytes(string folder, string name, ReadOnlyMemory<byte> bytes) =>
        AtomicFile.Write(System.IO.Path.Combine(folder, name), bytes);
}

/// <summary>The text side of a written model.</summary>
/// <param name="TokenizerJson">UTF-8 text of <c>tokenizer.json</c>.</param>
/// <param name="ChatTemplate">Jinja text of the chat template.</param>
/// <param name="BosToken">Id of the token that begins a text.</param>
/// <param name="BosText">Its text.</param>
/// <param name="EosToken">Id of the token that ends an answer.</param>
/// <param name="EosText">Its text.</param>
public sealed record ModelText(ReadOnlyMemory<byte> TokenizerJson, string ChatTemplate, int BosToken, string BosText, int EosToken, string EosText);
