using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>Llama with one projection for queries, keys and values and one for gate and up. Abdin et al. 2024, https://arxiv.org/abs/2404.14219.</summary>
internal static class Phi3Family
{
    private const int FirstPositions = 4096;

    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("hidden_act", "silu");
        DecoderConfig config = LlamaFamily.Common(json, "phi3", keyValueHeads: null, maxPositions: 4096, eps: 1e-5);
        double part = json.Rope["partial_rotary_factor"].DoubleOrNull ?? json.Number("partial_rotary_factor", 1);
        return config with
        {
            Layout = DecoderLayout.Phi3,
            RopeScaling = Longrope(json, config),
            RotaryChannels = (int)(config.HeadSize * part),
            Windows = json.Windows(json.PositiveOrNull("sliding_window"), config.Layers, _ => true),
        };
    }

    // Files of the first months call it "su" or, too early, "yarn"; the positions of the first training are 4096 where the file does not say.
    private static RopeScaling? Longrope(FamilyJson json, DecoderConfig config)
    {
        CheckpointJson rope = json.Rope;
        bool says = rope["original_max_position_embeddings"].Exists || json.Root["original_max_position_embeddings"].Exists;
        return config.RopeScaling is not { Type: "longrope" or "yarn" } scaling ? config.RopeScaling : scaling with
        {
            Type = "longrope",
            OriginalMaxPositions = says ? scaling.OriginalMaxPositions : FirstPositions,
        };
    }
}
