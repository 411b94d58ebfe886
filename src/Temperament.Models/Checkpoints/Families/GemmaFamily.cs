using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>Gemma 1: scaled embeddings, norms of 1 + w, GeGLU, tied head. Mesnard et al. 2024, https://arxiv.org/abs/2403.08295.</summary>
internal static class GemmaFamily
{
    // The head size of all published models, which transformers takes where the file has none.
    private const int HeadSize = 256;

    public static DecoderConfig Read(FamilyJson json)
    {
        // Early files say "gelu", and mean the tanh form with which the models were trained.
        json.Require("hidden_act", "gelu_pytorch_tanh", "gelu");
        json.Require("hidden_activation", "gelu_pytorch_tanh");
        return Common(json, "gemma", keyValueHeads: 16, maxPositions: 8192);
    }

    /// <summary>What Gemma 1, 2 and 3 have in common.</summary>
    /// <param name="json">The file.</param>
    /// <param name="family">Name of the family.</param>
    /// <param name="keyValueHeads">Key-value heads where the file does not say.</param>
    /// <param name="maxPositions">Positions where the file does not say.</param>
    public static DecoderConfig Common(FamilyJson json, string family, int keyValueHeads, int maxPositions)
    {
        json.RequireOff("attention_bias");
        json.RequireWholeRotation();
        DecoderConfig config = LlamaFamily.Common(json, family, keyValueHeads, maxPositions, tied: true);
        return config with
        {
            HeadSize = json.Positive("head_dim", HeadSize),
            Norm = NormKind.RmsOffset,
            FeedForward = FeedForwardKind.GeGlu,
            EmbeddingScale = (float)Math.Sqrt(config.HiddenSize),
        };
    }
}
