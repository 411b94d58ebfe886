using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Tests.Support;

/// <summary>A random decoder of a few thousand parameters, with grouped heads and an untied or tied output layer.</summary>
internal static class TinyDecoder
{
    public static DecoderConfig Config { get; } = new()
    {
        VocabularySize = 37,
        HiddenSize = 16,
        FeedForwardSize = 24,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 4,
        RmsNormEps = 1e-5f,
        RopeTheta = 10000,
        MaxPositions = 64,
        TiedEmbeddings = true,
    };

    public static DecoderNetwork Create(ComputePool pool, long seed = 1, DecoderConfig? other = null)
    {
        DecoderConfig config = other ?? Config;
        Tensor Load(string name)
        {
            var random = new RandomStream(seed, name);
            (int rows, int columns) = Shape(config, name);
            Tensor tensor = Tensor.Zeros(rows, columns);
            foreach (ref float value in tensor.Span)
            {
                value = name.EndsWith("norm.weight", StringComparison.Ordinal)
                    ? 1 + (float)(0.1 * random.NextNormal()) : (float)(0.3 * random.NextNormal());
            }

            return tensor;
        }

        return new DecoderNetwork(config, new DecoderWeights(config, Load, name => WeightMatrix.F32(Load(name))), pool);
    }

    /// <summary>A sequence whose every next token is a target.</summary>
    public static TokenSequence Sequence(int length, long seed)
    {
        var random = new RandomStream(seed, "sequence");
        int[] tokens = [.. Enumerable.Range(0, length).Select(_ => random.NextInt(Config.VocabularySize))];
        return new TokenSequence(tokens, [.. tokens.Skip(1), TokenBatch.NoTarget]);
    }

    private static (int Rows, int Columns) Shape(DecoderConfig config, string name)
    {
        int C = config.HiddenSize, F = config.FeedForwardSize, D = config.HeadSize;
        return name.Split('.')[^2] switch
        {
            "embed_tokens" or "lm_head" => (config.VocabularySize, C),
            "q_proj" => (config.Heads * D, C),
            "k_proj" or "v_proj" => (config.KeyValueHeads * D, C),
            "o_proj" => (C, Config.Heads * D),
            "gate_proj" or "up_proj" => (F, C),
            "down_proj" => (C, F),
            _ => (1, C),
        };
    }
}
