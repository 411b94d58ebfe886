using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// Names of the weights: Hugging Face's on one side, those of GGUF files on the other.
/// https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py
/// </summary>
internal static class GgufNames
{
    public const string Embedding = "token_embd.weight";
    public const string Head = "output.weight";
    public const string RotaryFactors = "rope_freqs.weight";
    public const string ShortFactors = "rope_factors_short.weight";
    public const string LongFactors = "rope_factors_long.weight";

    /// <summary>The name in the file.</summary>
    /// <exception cref="ArgumentException">A decoder has no weight of this name.</exception>
    public static string Of(DecoderConfig config, string name)
    {
        DecoderLayout layout = config.Layout;
        int dot = name.LastIndexOf('.');
        string module = dot < 0 ? name : name[..dot], kind = name[(dot + 1)..];
        string? found = module == layout.Embedding ? "token_embd"
            : module == layout.Positions ? "position_embd"
            : module == layout.FinalNorm ? "output_norm"
            : module == layout.Head ? (config.TiedEmbeddings && kind == "weight" ? "token_embd" : "output")
            : InBlock(layout, module);
        return found is not null && kind is "weight" or "bias"
            ? $"{found}.{kind}"
            : throw new ArgumentException($"A decoder of family {config.Family} has no weight {name}.", nameof(name));
    }

    /// <summary>All names that a model of this shape has in its file.</summary>
    public static IEnumerable<string> All(DecoderConfig config) => WeightShapes.All(config).Select(slot => Of(config, slot.Name));

    private static string? InBlock(DecoderLayout layout, string module)
    {
        int end = module.StartsWith(layout.Blocks, StringComparison.Ordinal) ? module.IndexOf('.', layout.Blocks.Length) : -1;
        string? part = end < 0 ? null : Part(layout, module[(end + 1)..]);
        return part is null ? null : $"blk.{module[layout.Blocks.Length..end]}.{part}";
    }

    private static string? Part(DecoderLayout layout, string module)
    {
        (string? Module, string Name)[] parts =
        [
            (layout.AttentionNorm, "attn_norm"), (layout.Query, "attn_q"), (layout.Key, "attn_k"), (layout.Value, "attn_v"),
            (layout.QueryKeyValue, "attn_qkv"), (layout.QueryNorm, "attn_q_norm"), (layout.KeyNorm, "attn_k_norm"), (layout.Output, "attn_output"),
            (layout.AttentionPostNorm, "post_attention_norm"), (layout.FeedForwardNorm, "ffn_norm"), (layout.Gate, "ffn_gate"), (layout.Up, "ffn_up"),
            (layout.GateUp, "ffn_up"), (layout.Down, "ffn_down"), (layout.FeedForwardPostNorm, "post_ffw_norm"),
        ];
        return Array.Find(parts, part => part.Module == module).Name;
    }
}
