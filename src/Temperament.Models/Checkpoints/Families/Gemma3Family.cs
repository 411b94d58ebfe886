using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>
/// Gemma 3, text: norms of query and key heads, windows in all but every sixth block, two rotary bases.
/// Kamath et al. 2025, https://arxiv.org/abs/2503.19786.
/// </summary>
internal static class Gemma3Family
{
    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("hidden_activation", "gelu_pytorch_tanh");
        json.RequireOff("use_bidirectional_attention");
        DecoderConfig config = Gemma2Family.Common(json, "gemma3", maxPositions: 131_072);
        int pattern = json.Positive("sliding_window_pattern", 6);
        CheckpointJson local = json.Rope["sliding_attention"], global = json.Rope["full_attention"].Exists ? json.Rope["full_attention"] : json.Rope;
        if (json.Scaling(local, config.MaxPositions) is not null)
        {
            throw local["rope_type"].Wrong("default", "Only the blocks that see everything have stretched positions.");
        }

        return config with
        {
            HasQueryKeyNorm = true,
            AttentionCap = (float)json.Number("attn_logit_softcapping", 0),
            LogitCap = (float)json.Number("final_logit_softcapping", 0),
            RopeTheta = global["rope_theta"].DoubleOrNull ?? json.Theta(1_000_000),
            RopeScaling = json.Scaling(global, config.MaxPositions),
            LocalRopeTheta = local["rope_theta"].DoubleOrNull ?? json.Number("rope_local_base_freq", 10_000),
            Windows = json.Windows(json.PositiveOrNull("sliding_window") ?? 4096, config.Layers, l => (l + 1) % pattern != 0),
        };
    }
}
