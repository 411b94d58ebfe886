using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Writes the shape of a decoder as the keys of its architecture; what readers take for granted is left out.</summary>
internal static class GgufShapeWriter
{
    public static void Write(GgufWriter writer, DecoderConfig config)
    {
        GgufArchitecture architecture = GgufArchitecture.Of(config);
        string key = architecture.Name + ".";
        writer.Set(key + "block_count", (uint)config.Layers);
        writer.Set(key + "context_length", (uint)config.MaxPositions);
        writer.Set(key + "embedding_length", (uint)config.HiddenSize);
        writer.Set(key + "feed_forward_length", (uint)config.FeedForwardSize);
        writer.Set(key + "attention.head_count", (uint)config.Heads);
        writer.Set(key + "attention.head_count_kv", (uint)config.KeyValueHeads);
        writer.Set(key + "attention.key_length", (uint)config.HeadSize);
        writer.Set(key + "attention.value_length", (uint)config.HeadSize);
        writer.Set(key + (architecture.HasLayerNorm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"), config.RmsNormEps);
        if (config.Layout.Positions is null)
        {
            writer.Set(key + "rope.dimension_count", (uint)config.RotarySize);
            writer.Set(key + "rope.freq_base", (float)config.RopeTheta);
        }

        if (config.LocalRopeTheta is double local)
        {
            writer.Set(key + "rope.freq_base_swa", (float)local);
        }

        WriteWindows(writer, architecture, config);
        if (config.AttentionScale is double scale && scale != architecture.AttentionScale(config.Layers, config.HiddenSize, config.Heads, config.HeadSize))
        {
            writer.Set(key + "attention.scale", (float)scale);
        }

        WriteCap(writer, key + "attn_logit_softcapping", config.AttentionCap, architecture.AttentionCap);
        WriteCap(writer, key + "final_logit_softcapping", config.LogitCap, architecture.LogitCap);
        writer.Set(key + "vocab_size", (uint)config.VocabularySize);
    }

    // The width is written wherever another one would be taken for granted, and in Phi-3, whose readers ask for it.
    private static void WriteWindows(GgufWriter writer, GgufArchitecture architecture, DecoderConfig config)
    {
        int width = config.Windows?.Max() ?? 0;
        if (width > 0 || architecture.Window > 0 || architecture.Name == "phi3")
        {
            writer.Set($"{architecture.Name}.attention.sliding_window", (uint)width);
        }

        bool[] slides = [.. (config.Windows ?? []).Select(window => window > 0)];
        if (slides.Where((has, layer) => has != architecture.Slides(layer)).Any())
        {
            writer.Set($"{architecture.Name}.attention.sliding_window_pattern", slides);
        }
    }

    private static void WriteCap(GgufWriter writer, string key, float cap, float otherwise)
    {
        if (cap != 0 || otherwise != 0)
        {
            writer.Set(key, cap);
        }
    }
}
