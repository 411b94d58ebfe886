using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>Llama 1 to 3, and the shape that Mistral, Qwen, Phi-3 and Gemma share with it. Touvron et al. 2023, https://arxiv.org/abs/2302.13971.</summary>
internal static class LlamaFamily
{
    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("hidden_act", "silu");
        json.RequireWholeRotation();
        bool bias = json.Root["attention_bias"].BoolOr(false);
        return Common(json, "llama", keyValueHeads: null, maxPositions: 2048) with { HasAttentionBias = bias, HasOutputBias = bias, HasFeedForwardBias = json.Root["mlp_bias"].BoolOr(false) };
    }

    /// <summary>The fields that all families with the names of Llama have.</summary>
    /// <param name="json">The file.</param>
    /// <param name="family">Name of the family.</param>
    /// <param name="keyValueHeads">Key-value heads where the file does not say; null for as many as heads, which null in the file always means.</param>
    /// <param name="maxPositions">Positions where the file does not say.</param>
    /// <param name="eps">Added in the root of the norms where the file does not say.</param>
    /// <param name="tied">Whether the head is the embedding table where the file does not say.</param>
    public static DecoderConfig Common(FamilyJson json, string family, int? keyValueHeads, int maxPositions, double eps = 1e-6, bool tied = false)
    {
        int hidden = json.Positive("hidden_size"), heads = json.Positive("num_attention_heads"), max = json.Positive("max_position_embeddings", maxPositions);
        return new DecoderConfig
        {
            Family = family,
            VocabularySize = json.Positive("vocab_size"),
            HiddenSize = hidden,
            FeedForwardSize = json.Positive("intermediate_size"),
            Layers = json.Positive("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = json.PositiveOrNull("num_key_value_heads", keyValueHeads) ?? heads,
            HeadSize = json.Positive("head_dim", hidden / heads),
            RmsNormEps = (float)json.Number("rms_norm_eps", eps),
            RopeTheta = json.Theta(),
            RopeScaling = json.Scaling(json.Rope, max),
            MaxPositions = max,
            TiedEmbeddings = json.Root["tie_word_embeddings"].BoolOr(tied),
        };
    }
}
