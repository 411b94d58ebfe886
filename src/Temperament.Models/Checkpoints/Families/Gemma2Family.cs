using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>Gemma 2: four norms a block, soft caps, a window in every other block. Riviere et al. 2024, https://arxiv.org/abs/2408.00118.</summary>
internal static class Gemma2Family
{
    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("hidden_activation", "gelu_pytorch_tanh");
        DecoderConfig config = Common(json, "gemma2", maxPositions: 8192);
        return config with
        {
            AttentionCap = (float)json.Number("attn_logit_softcapping", json.Root["attn_logit_softcapping"].IsNull ? 0 : 50),
            LogitCap = (float)json.Number("final_logit_softcapping", json.Root["final_logit_softcapping"].IsNull ? 0 : 30),
            Windows = json.Windows(json.PositiveOrNull("sliding_window") ?? 4096, config.Layers, l => l % 2 == 0),
        };
    }

    /// <summary>What Gemma 2 and 3 have in common.</summary>
    public static DecoderConfig Common(FamilyJson json, string family, int maxPositions) => GemmaFamily.Common(json, family, keyValueHeads: 4, maxPositions) with
    {
        Layout = DecoderLayout.Gemma2,
        AttentionScale = 1 / Math.Sqrt(json.Number("query_pre_attn_scalar", 256)),
    };
}
