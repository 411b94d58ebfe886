using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Memory;

/// <summary>
/// The (N, K) weights of a linear layer, y = x W^T, in one of the storage formats: the one thing that matrix products take as weights.
/// </summary>
public sealed class WeightMatrix
{
    private WeightMatrix(WeightFormat format, Tensor dense, Nf4Matrix? nf4, int outputs, int inputs)
    {
        Format = format;
        Dense = dense;
        Nf4 = nf4;
        Outputs = outputs;
        Inputs = inputs;
    }

    /// <summary>Storage format.</summary>
    public WeightFormat Format { get; }

    /// <summary>Rows, N.</summary>
    public int Outputs { get; }

    /// <summary>Columns, K.</summary>
    public int Inputs { get; }

    /// <summary>The numbers of an F32 matrix; empty for the other formats.</summary>
    public Tensor Dense { get; }

    /// <summary>The codes of an NF4 matrix; null for the other formats.</summary>
    public Nf4Matrix? Nf4 { get; }

    /// <summary>Number of weights.</summary>
    public long Count => (long)Outputs * Inputs;

    /// <summary>Wraps float32 weights without copying them.</summary>
    /// <param name="weights">(N, K) weights.</param>
    public static WeightMatrix F32(Tensor weights) => new(WeightFormat.F32, weights, null, weights.Rows, weights.Columns);

    /// <summary>Wraps NF4 weights without copying them.</summary>
    /// <param name="weights">(N, K) weights.</param>
    public static WeightMatrix FromNf4(Nf4Matrix weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new(WeightFormat.Nf4, default, weights, weights.Outputs, weights.Inputs);
    }
}
