using System.Text.Json;
using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>Writes the fields of <c>config.json</c> that say what a decoder computes, in the words of its family.</summary>
internal static class DecoderConfigWriter
{
    private static readonly Dictionary<string, (string Architecture, string Type)> Names = new(StringComparer.Ordinal)
    {
        ["llama"] = ("LlamaForCausalLM", "llama"),
        ["mistral"] = ("MistralForCausalLM", "mistral"),
        ["qwen2"] = ("Qwen2ForCausalLM", "qwen2"),
        ["qwen3"] = ("Qwen3ForCausalLM", "qwen3"),
        ["gemma"] = ("GemmaForCausalLM", "gemma"),
        ["gemma2"] = ("Gemma2ForCausalLM", "gemma2"),
        ["gemma3"] = ("Gemma3ForCausalLM", "gemma3_text"),
        ["phi3"] = ("Phi3ForCausalLM", "phi3"),
        ["gpt2"] = ("GPT2LMHeadModel", "gpt2"),
        ["gptj"] = ("GPTJForCausalLM", "gptj"),
    };

    /// <summary>Writes the fields in the order of their names.</summary>
    /// <param name="json">The open object.</param>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="stored">How the weights are stored.</param>
    /// <param name="bos">Id of the first token; null for none.</param>
    /// <param name="eos">Ids of the tokens that end an answer.</param>
    public static void Write(Utf8JsonWriter json, DecoderConfig config, StoredAs stored, int? bos, IReadOnlyList<int> eos)
    {
        using JsonDocument fields = JsonDocument.Parse(JsonFile.Object(unordered => WriteFields(unordered, config, stored, bos, eos)));
        foreach (JsonProperty field in fields.RootElement.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal))
        {
            field.WriteTo(json);
        }
    }

    /// <summary>The ids of the first token and of those that end an answer.</summary>
    public static void WriteTokens(Utf8JsonWriter json, int? bos, IReadOnlyList<int> eos)
    {
        if (bos is int first)
        {
            json.WriteNumber("bos_token_id", first);
        }

        if (eos is [int single])
        {
            json.WriteNumber("eos_token_id", single);
        }
        else if (eos.Count > 1)
        {
            json.WriteStartArray("eos_token_id");
            foreach (int id in eos)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
        }
    }

    /// <summary>Name of a type in the words of torch.</summary>
    public static string TypeName(StoredAs stored) => stored switch
    {
        StoredAs.F32 => "float32",
        StoredAs.F16 => "float16",
        StoredAs.Bf16 => "bfloat16",
        _ => throw new ArgumentOutOfRangeException(nameof(stored), $"A folder is not written as {stored}."),
    };

    private static void WriteFields(Utf8JsonWriter json, DecoderConfig config, StoredAs stored, int? bos, IReadOnlyList<int> eos)
    {
        (string architecture, string type) = Names[config.Family];
        json.WriteStartArray("architectures");
        json.WriteStringValue(architecture);
        json.WriteEndArray();
        WriteTokens(json, bos, eos);
        if (config.Norm == NormKind.Layer)
        {
            WriteGpt(json, config);
        }
        else
        {
            WriteLlama(json, config);
            WriteOfFamily(json, config);
            RopeScalingWriter.Write(json, config);
        }

        json.WriteString("model_type", type);
        json.WriteBoolean("tie_word_embeddings", config.TiedEmbeddings);
        json.WriteString("torch_dtype", TypeName(stored));
        json.WriteNumber("vocab_size", config.VocabularySize);
    }

    private static void WriteGpt(Utf8JsonWriter json, DecoderConfig config)
    {
        json.WriteString("activation_function", "gelu_new");
        json.WriteNumber("layer_norm_epsilon", config.RmsNormEps);
        json.WriteNumber("n_embd", config.HiddenSize);
        json.WriteNumber("n_head", config.Heads);
        json.WriteNumber("n_inner", config.FeedForwardSize);
        json.WriteNumber("n_layer", config.Layers);
        json.WriteNumber("n_positions", config.MaxPositions);
        if (config.Layout.Positions is null)
        {
            json.WriteNumber("rotary_dim", config.RotarySize);
        }
        else
        {
            json.WriteBoolean("scale_attn_weights", config.AttentionScale is null);
        }
    }

    private static void WriteLlama(Utf8JsonWriter json, DecoderConfig config)
    {
        json.WriteNumber("head_dim", config.HeadSize);
        string activation = config.FeedForward == FeedForwardKind.GeGlu ? "gelu_pytorch_tanh" : "silu";
        json.WriteString("hidden_act", activation);
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("intermediate_size", config.FeedForwardSize);
        json.WriteNumber("max_position_embeddings", config.MaxPositions);
        json.WriteNumber("num_attention_heads", config.Heads);
        json.WriteNumber("num_hidden_layers", config.Layers);
        json.WriteNumber("num_key_value_heads", config.KeyValueHeads);
        json.WriteNumber("rms_norm_eps", config.RmsNormEps);
        json.WriteNumber("rope_theta", config.RopeTheta);
        if (config.FeedForward == FeedForwardKind.GeGlu)
        {
            json.WriteString("hidden_activation", activation);
        }
    }

    private static void WriteOfFamily(Utf8JsonWriter json, DecoderConfig config)
    {
        switch (config.Family)
        {
            case "llama" or "qwen3" when config.HasOutputBias || config.HasFeedForwardBias:
                json.WriteBoolean("attention_bias", config.HasOutputBias);
                json.WriteBoolean("mlp_bias", config.HasFeedForwardBias);
                break;
            case "gemma2" or "gemma3":
                json.WriteNumber("query_pre_attn_scalar", Scalar(config.AttentionScale ?? (1 / Math.Sqrt(config.HeadSize))));
                WriteCap(json, "attn_logit_softcapping", config.AttentionCap);
                WriteCap(json, "final_logit_softcapping", config.LogitCap);
                break;
            case "phi3":
                json.WriteNumber("original_max_position_embeddings", config.RopeScaling?.OriginalMaxPositions ?? config.MaxPositions);
                json.WriteNumber("partial_rotary_factor", (double)config.RotarySize / config.HeadSize);
                break;
        }

        if (config.LocalRopeTheta is double local)
        {
            json.WriteNumber("rope_local_base_freq", local);
        }

        WriteWindows(json, config);
    }

    // Layer types say which blocks have a window, whatever pattern a reader would take for granted.
    private static void WriteWindows(Utf8JsonWriter json, DecoderConfig config)
    {
        if (config.Windows is { } windows)
        {
            json.WriteNumber("sliding_window", windows.Max());
            json.WriteBoolean("use_sliding_window", true);
        }
        else if (config.Family == "mistral")
        {
            json.WriteNull("sliding_window");
        }

        if (config.Windows is not null || config.Family is "gemma2" or "gemma3")
        {
            json.WriteStartArray("layer_types");
            for (int layer = 0; layer < config.Layers; layer++)
            {
                json.WriteStringValue(config.WindowOf(layer) > 0 ? "sliding_attention" : "full_attention");
            }

            json.WriteEndArray();
        }
    }

    private static void WriteCap(Utf8JsonWriter json, string name, float cap)
    {
        if (cap == 0)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteNumber(name, cap);
        }
    }

    private static double Scalar(double scale)
    {
        double scalar = 1 / (scale * scale), whole = Math.Round(scalar);
        return 1 / Math.Sqrt(whole) == scale ? whole : scalar;
    }
}
