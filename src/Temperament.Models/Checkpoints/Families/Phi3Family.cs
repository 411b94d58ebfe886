using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>Llama with one projection for queries, keys and values and one for gate and up. Abdin et al. 2024, https://arxiv.org/abs/2404.14219.</summary>
internal static class Phi3Family
{
    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("hidden_act", "silu");
        DecoderConfig config = LlamaFamily.Common(json, "phi3");
        double part = json.Rope["partial_rotary_factor"].DoubleOrNull ?? json.Number("partial_rotary_factor", 1);
        return config with
        {
            Layout = DecoderLayout.Phi3,
            RotaryChannels = (int)(config.HeadSize * part),
            Windows = json.Windows(json.PositiveOrNull("sliding_window"), config.Layers, _ => true),
        };
    }
}
