using System.Text.Json;
using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>Writes the fields of <c>config.json</c> for the Llama architecture.</summary>
internal static class LlamaConfigWriter
{
    public static void Write(Utf8JsonWriter json, DecoderConfig config, StoredAs stored, int? bos, IReadOnlyList<int> eos)
    {
        json.WriteStartArray("architectures");
        json.WriteStringValue("LlamaForCausalLM");
        json.WriteEndArray();
        WriteTokens(json, bos, eos);
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
        if (config.RopeScaling is { } scaling)
        {
            json.WriteStartObject("rope_scaling");
            WriteScaling(json, scaling);
            json.WriteEndObject();
        }

        json.WriteNumber("rope_theta", config.RopeTheta);
        json.WriteBoolean("tie_word_embeddings", config.TiedEmbeddings);
        json.WriteString("torch_dtype", TypeName(stored));
        json.WriteNumber("vocab_size", config.VocabularySize);
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

    private static void WriteScaling(Utf8JsonWriter json, RopeScaling scaling)
    {
        json.WriteString("rope_type", scaling.Type);
        json.WriteNumber("factor", scaling.Factor);
        json.WriteNumber("original_max_position_embeddings", scaling.OriginalMaxPositions);
        if (scaling.Type == "llama3")
        {
            json.WriteNumber("low_freq_factor", scaling.LowFrequencyFactor);
            json.WriteNumber("high_freq_factor", scaling.HighFrequencyFactor);
        }

        if (scaling.Type != "yarn")
        {
            return;
        }

        Optional("attention_factor", scaling.AttentionFactor);
        Optional("beta_fast", scaling.BetaFast);
        Optional("beta_slow", scaling.BetaSlow);
        Optional("mscale", scaling.MScale);
        Optional("mscale_all_dim", scaling.MScaleAllDimensions);
        json.WriteBoolean("truncate", scaling.Truncate);

        void Optional(string name, double? value)
        {
            if (value is double number)
            {
                json.WriteNumber(name, number);
            }
        }
    }
}
