using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Names of the weights: Hugging Face's on one side, those of architecture "llama" in GGUF files on the other.</summary>
internal static class LlamaNames
{
    public const string Embedding = "token_embd.weight";
    public const string Head = "output.weight";
    public const string RotaryFactors = "rope_freqs.weight";

    private const string Block = "model.layers.";

    private static readonly Dictionary<string, string> Parts = new(StringComparer.Ordinal)
    {
        ["input_layernorm"] = "attn_norm",
        ["self_attn.q_proj"] = "attn_q",
        ["self_attn.k_proj"] = "attn_k",
        ["self_attn.v_proj"] = "attn_v",
        ["self_attn.o_proj"] = "attn_output",
        ["post_attention_layernorm"] = "ffn_norm",
        ["mlp.gate_proj"] = "ffn_gate",
        ["mlp.up_proj"] = "ffn_up",
        ["mlp.down_proj"] = "ffn_down",
    };

    /// <summary>The name in the file.</summary>
    /// <exception cref="ArgumentException">A decoder has no weight of this name.</exception>
    public static string Of(string name, bool tied)
    {
        switch (name)
        {
            case "model.embed_tokens.weight":
                return Embedding;
            case "model.norm.weight":
                return "output_norm.weight";
            case "lm_head.weight":
                return tied ? Embedding : Head;
        }

        string[] words = name.StartsWith(Block, StringComparison.Ordinal) ? name[Block.Length..].Split('.', 2) : [];
        return words is [var layer, var rest] && rest.EndsWith(".weight", StringComparison.Ordinal)
            && Parts.TryGetValue(rest[..^".weight".Length], out string? part)
            ? $"blk.{layer}.{part}.weight"
            : throw new ArgumentException($"A decoder has no weight {name}.", nameof(name));
    }

    /// <summary>All names that a model of this shape has in its file.</summary>
    public static IEnumerable<string> All(DecoderConfig config)
    {
        yield return Embedding;
        yield return "output_norm.weight";
        if (!config.TiedEmbeddings)
        {
            yield return Head;
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach (string part in Parts.Values)
            {
                yield return $"blk.{layer}.{part}.weight";
            }
        }
    }
}
