using System.Text.Json;
using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints;

/// <summary>How the weights of a written model are stored.</summary>
public enum StoredAs
{
    /// <summary>float32.</summary>
    F32,

    /// <summary>bfloat16, rounded to nearest even.</summary>
    Bf16,
}

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
        WriteJson(folder, "config.json", json => Config(json, config, stored, text));
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

    private static void Config(Utf8JsonWriter json, DecoderConfig config, StoredAs stored, ModelText text)
    {
        json.WriteStartArray("architectures");
        json.WriteStringValue("LlamaForCausalLM");
        json.WriteEndArray();
        json.WriteNumber("bos_token_id", text.BosToken);
        json.WriteNumber("eos_token_id", text.EosToken);
        json.WriteNumber("head_dim", config.HeadSize);
        json.WriteString("hidden_act", "silu");
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("intermediate_size", config.FeedForwardSize);
        json.WriteNumber("max_position_embeddings", config.MaxPositions);
        json.WriteString("model_type", "llama");
        json.WriteNumber("num_attention_heads", config.Heads);
        json.WriteNumber("num_hidden_layers", config.Layers);
        json.WriteNumber("num_key_value_heads", config.KeyValueHeads);
        json.WriteNumber("rms_norm_eps", config.RmsNormEps);
        json.WriteNumber("rope_theta", config.RopeTheta);
        json.WriteBoolean("tie_word_embeddings", config.TiedEmbeddings);
        json.WriteString("torch_dtype", stored == StoredAs.F32 ? "float32" : "bfloat16");
        json.WriteNumber("vocab_size", config.VocabularySize);
    }

    private static void WriteJson(string folder, string name, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        WriteBytes(folder, name, stream.ToArray());
    }

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
