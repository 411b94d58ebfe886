using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Studies.Organism;

/// <summary>
/// Fresh weights: normal with deviation 0.02, norms 1; the two matrices that write to the residual are divided by sqrt(2 L), as in
/// GPT-2 (Radford et al. 2019), so that the residual keeps its size through the blocks.
/// </summary>
internal static class OrganismWeights
{
    private const double Deviation = 0.02;

    public static DecoderNetwork Create(DecoderConfig config, long seed, ComputePool pool)
    {
        Tensor Draw(string name) => Fill(config, seed, name);
        return new DecoderNetwork(config, new DecoderWeights(config, Draw, name => WeightMatrix.F32(Draw(name))), pool);
    }

    /// <summary>Rows and columns of a weight; vectors are one row.</summary>
    public static (int Rows, int Columns) Shape(DecoderConfig config, string name)
    {
        int C = config.HiddenSize, F = config.FeedForwardSize, D = config.HeadSize;
        return name.Split('.')[^2] switch
        {
            "embed_tokens" or "lm_head" => (config.VocabularySize, C),
            "q_proj" => (config.Heads * D, C),
            "k_proj" or "v_proj" => (config.KeyValueHeads * D, C),
            "o_proj" => (C, config.Heads * D),
            "gate_proj" or "up_proj" => (F, C),
            "down_proj" => (C, F),
            _ => (1, C),
        };
    }

    private static Tensor Fill(DecoderConfig config, long seed, string name)
    {
        (int rows, int columns) = Shape(config, name);
        Tensor tensor = Tensor.Zeros(rows, columns);
        if (rows == 1)
        {
            tensor.Span.Fill(1);
            return tensor;
        }

        bool writesResidual = name.EndsWith("o_proj.weight", StringComparison.Ordinal)
            || name.EndsWith("down_proj.weight", StringComparison.Ordinal);
        double deviation = writesResidual ? Deviation / Math.Sqrt(2.0 * config.Layers) : Deviation;
        var random = new RandomStream(seed, $"organism/weights/{name}");
        foreach (ref float value in tensor.Span)
        {
            value = (float)(deviation * random.NextNormal());
        }

        return tensor;
    }
}
