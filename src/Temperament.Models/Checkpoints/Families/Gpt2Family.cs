using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>GPT-2: LayerNorm, learned positions, biases, GELU. Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".</summary>
internal static class Gpt2Family
{
    public static DecoderConfig Read(FamilyJson json)
    {
        json.Require("activation_function", "gelu_new", "gelu_pytorch_tanh");
        json.RequireOff("scale_attn_by_inverse_layer_idx");
        json.RequireOff("add_cross_attention");
        DecoderConfig config = Common(json, "gpt2", maxPositions: 1024, tied: true);
        return config with
        {
            Layout = DecoderLayout.Gpt2,
            HasAttentionBias = true,
            HasOutputBias = true,
            AttentionScale = json.Root["scale_attn_weights"].BoolOr(true) ? null : 1,
        };
    }

    /// <summary>What GPT-2 and GPT-J have in common.</summary>
    public static DecoderConfig Common(FamilyJson json, string family, int maxPositions, bool tied)
    {
        int hidden = json.Positive("n_embd"), heads = json.Positive("n_head");
        return new DecoderConfig
        {
            Family = family,
            VocabularySize = json.Positive("vocab_size"),
            HiddenSize = hidden,
            FeedForwardSize = json.Positive("n_inner", 4 * hidden),
            Layers = json.Positive("n_layer"),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = hidden / heads,
            Norm = NormKind.Layer,
            RmsNormEps = (float)json.Number("layer_norm_epsilon", 1e-5),
            FeedForward = FeedForwardKind.Gelu,
            HasFeedForwardBias = true,
            RopeTheta = 10000,
            MaxPositions = json.Positive("n_positions", maxPositions),
            TiedEmbeddings = json.Root["tie_word_embeddings"].BoolOr(tied),
        };
    }
}
