using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>Llama with a norm of each query and key head. Yang et al. 2025, https://arxiv.org/abs/2505.09388.</summary>
internal static class Qwen3Family
{
    // What transformers takes where the file has no head_dim.
    private const int HeadSize = 128;

    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("hidden_act", "silu");
        json.RequireWholeRotation();
        DecoderConfig config = LlamaFamily.Common(json, "qwen3", keyValueHeads: 32, maxPositions: 32_768);
        bool bias = json.Root["attention_bias"].BoolOr(false);
        return config with
        {
            HeadSize = json.Positive("head_dim", HeadSize),
            HasQueryKeyNorm = true,
            HasAttentionBias = bias,
            HasOutputBias = bias,
            Windows = Qwen2Family.Windows(json, config.Layers),
        };
    }
}
