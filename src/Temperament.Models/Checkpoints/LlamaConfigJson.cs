using System.Text.Json;
using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints;

/// <summary>Reads <c>config.json</c> of the Llama architecture in its older and its newer spelling.</summary>
internal static class LlamaConfigJson
{
    private const string Known = "LlamaForCausalLM";

    public static DecoderConfig Read(string path, JsonElement root)
    {
        string architecture = root.TryGetProperty("architectures", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            && list.GetArrayLength() > 0 ? list[0].GetString() ?? "null" : "none";
        if (architecture != Known)
        {
            throw new CheckpointException(path, $"architecture {architecture}", Known, "Models of this architecture are not computed here.");
        }

        int hidden = Integer(path, root, "hidden_size"), heads = Integer(path, root, "num_attention_heads");
        if (Text(root, "hidden_act") is { } activation && activation != "silu")
        {
            throw new CheckpointException(path, $"hidden_act {activation}", "silu", "Another activation would give other numbers.");
        }

        foreach (string bias in new[] { "attention_bias", "mlp_bias" })
        {
            if (root.TryGetProperty(bias, out JsonElement on) && on.ValueKind == JsonValueKind.True)
            {
                throw new CheckpointException(path, $"{bias} = true", "linear layers without bias", "Biases are not computed here.");
            }
        }

        JsonElement rope = Object(root, "rope_parameters") ?? Object(root, "rope_scaling") ?? default;
        int max = Integer(path, root, "max_position_embeddings", 2048);
        var config = new DecoderConfig
        {
            VocabularySize = Integer(path, root, "vocab_size"),
            HiddenSize = hidden,
            FeedForwardSize = Integer(path, root, "intermediate_size"),
            Layers = Integer(path, root, "num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = Integer(path, root, "num_key_value_heads", heads),
            HeadSize = Integer(path, root, "head_dim", heads > 0 ? hidden / heads : 0),
            RmsNormEps = (float)Number(root, "rms_norm_eps", 1e-6),
            RopeTheta = rope.ValueKind == JsonValueKind.Object && rope.TryGetProperty("rope_theta", out JsonElement theta)
                ? theta.GetDouble() : Number(root, "rope_theta", 10000),
            RopeScaling = Scaling(path, rope, max),
            MaxPositions = max,
            TiedEmbeddings = root.TryGetProperty("tie_word_embeddings", out JsonElement tied) && tied.ValueKind == JsonValueKind.True,
        };
        if (config.KeyValueHeads < 1 || config.Heads % config.KeyValueHeads != 0 || config.HeadSize % 2 != 0)
        {
            throw new CheckpointException(path, $"{config.Heads} heads, {config.KeyValueHeads} key-value heads of size {config.HeadSize}",
                "key-value heads that divide the heads, of an even size", "The configuration is damaged.");
        }

        return config;
    }

    private static RopeScaling? Scaling(string path, JsonElement rope, int max)
    {
        if (rope.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        string type = Text(rope, "rope_type") ?? Text(rope, "type") ?? "default";
        if (type == "default")
        {
            return null;
        }

        if (type is not ("linear" or "dynamic" or "yarn" or "llama3"))
        {
            throw new CheckpointException(path, $"rotary scaling {type}", "default, linear, dynamic, yarn or llama3",
                "Positions would be wrong without it, so the model is refused.");
        }

        return new RopeScaling
        {
            Type = type,
            Factor = Number(rope, "factor", 1),
            OriginalMaxPositions = Integer(path, rope, "original_max_position_embeddings", max),
            LowFrequencyFactor = Number(rope, "low_freq_factor", 1),
            HighFrequencyFactor = Number(rope, "high_freq_factor", 4),
            AttentionFactor = Optional(rope, "attention_factor"),
            BetaFast = Optional(rope, "beta_fast"),
            BetaSlow = Optional(rope, "beta_slow"),
            MScale = Optional(rope, "mscale"),
            MScaleAllDimensions = Optional(rope, "mscale_all_dim"),
            Truncate = !rope.TryGetProperty("truncate", out JsonElement truncate) || truncate.ValueKind != JsonValueKind.False,
        };
    }

    private static JsonElement? Object(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Optional(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static double Number(JsonElement root, string name, double otherwise) => Optional(root, name) ?? otherwise;

    private static int Integer(string path, JsonElement root, string name, int? otherwise = null)
    {
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return otherwise ?? throw new CheckpointException(path, $"no {name}", "a whole number", "The configuration is incomplete.");
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number > 0
            ? number
            : throw new CheckpointException(path, $"{name} = {value.GetRawText()}", "a whole number above 0", "The configuration is damaged.");
    }
}
