using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>Llama with biases on queries, keys and values. Yang et al. 2024, https://arxiv.org/abs/2407.10671.</summary>
internal static class Qwen2Family
{
    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("hidden_act", "silu");
        json.RequireWholeRotation();
        DecoderConfig config = LlamaFamily.Common(json, "qwen2", keyValueHeads: 32, maxPositions: 32_768);
        return config with { HasAttentionBias = true, Windows = Windows(json, config.Layers) };
    }

    /// <summary>The window counts only where it is switched on, and then from block "max_window_layers" on.</summary>
    public static IReadOnlyList<int>? Windows(FamilyJson json, int layers)
    {
        int? window = json.Root["use_sliding_window"].BoolOr(false) ? json.PositiveOrNull("sliding_window", 4096) : null;
        int first = json.Root["max_window_layers"].IntOr(28);
        return json.Windows(window, layers, l => window is not null && l >= first);
    }
}
