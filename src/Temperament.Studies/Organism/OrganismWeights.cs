using Temperament.Models.Checkpoints;
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

    private static Tensor Fill(DecoderConfig config, long seed, string name)
    {
        (int rows, int columns) = WeightShapes.Of(config, name);
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
