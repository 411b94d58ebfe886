using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>Llama with a window in every block. Jiang et al. 2023, https://arxiv.org/abs/2310.06825.</summary>
internal static class MistralFamily
{
    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("hidden_act", "silu");
        json.RequireWholeRotation();
        DecoderConfig config = LlamaFamily.Common(json, "mistral", keyValueHeads: 8, maxPositions: 131_072);
        return config with { Windows = json.Windows(json.PositiveOrNull("sliding_window", 4096), config.Layers, _ => true) };
    }
}
