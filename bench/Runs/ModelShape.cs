using Temperament.Models.Decoder;

namespace Temperament.Benchmarks.Runs;

/// <summary>Shapes of models that people have. Only the shapes: the weights are random.</summary>
internal static class ModelShape
{
    /// <summary>Llama with 1.1 billion parameters, the shape of TinyLlama.</summary>
    public static DecoderConfig Llama1B { get; } = Llama(2048, 5632, 22, 32, 4, 64, 32000, tied: false);

    /// <summary>Llama 2 with 7 billion parameters.</summary>
    public static DecoderConfig Llama7B { get; } = Llama(4096, 11008, 32, 32, 32, 128, 32000, tied: false);

    /// <summary>SmolLM2 with 135 million parameters.</summary>
    public static DecoderConfig SmolLm2 { get; } = Llama(576, 1536, 30, 9, 3, 64, 49152, tied: true);

    /// <summary>Llama with 15 million parameters, as trained on short stories.</summary>
    public static DecoderConfig Llama15M { get; } = Llama(288, 768, 6, 6, 6, 48, 32000, tied: true);

    /// <summary>The organism that comes with the tool.</summary>
    public static DecoderConfig Organism { get; } = Llama(128, 384, 4, 4, 4, 32, 1536, tied: true);

    /// <summary>Parameters of the linear layers and of the head: what the operations of a token are counted by.</summary>
    public static double Multiplied(DecoderConfig config) => config.BlockParameterCount + ((double)config.VocabularySize * config.HiddenSize);

    private static DecoderConfig Llama(int hidden, int feedForward, int layers, int heads, int keyValueHeads, int headSize, int vocabulary, bool tied) => new()
    {
        VocabularySize = vocabulary,
        HiddenSize = hidden,
        FeedForwardSize = feedForward,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = keyValueHeads,
        HeadSize = headSize,
        RmsNormEps = 1e-5f,
        RopeTheta = 10000,
        MaxPositions = 2048,
        TiedEmbeddings = tied,
    };
}
