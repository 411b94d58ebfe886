using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints;

/// <summary>The shapes that a configuration asks for, by name of the weight.</summary>
public static class WeightShapes
{
    /// <summary>Rows and columns of a weight; vectors are one row.</summary>
    /// <param name="config">Shape of the decoder.</param>
    /// <param name="name">Name in the words of Hugging Face.</param>
    /// <exception cref="ArgumentException">A decoder has no weight of this name.</exception>
    public static (int Rows, int Columns) Of(DecoderConfig config, string name)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentException.ThrowIfNullOrEmpty(name);
        int C = config.HiddenSize, F = config.FeedForwardSize, D = config.HeadSize;
        string[] parts = name.Split('.');
        return (parts.Length >= 2 ? parts[^2] : name) switch
        {
            "embed_tokens" or "lm_head" => (config.VocabularySize, C),
            "q_proj" => (config.Heads * D, C),
            "k_proj" or "v_proj" => (config.KeyValueHeads * D, C),
            "o_proj" => (C, config.Heads * D),
            "gate_proj" or "up_proj" => (F, C),
            "down_proj" => (C, F),
            "norm" or "input_layernorm" or "post_attention_layernorm" => (1, C),
            _ => throw new ArgumentException($"A decoder has no weight {name}.", nameof(name)),
        };
    }
}
