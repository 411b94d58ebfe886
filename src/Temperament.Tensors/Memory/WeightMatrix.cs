using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Memory;

/// <summary>
/// The (N, K) weights of a linear layer, y = x W^T, in one of the storage formats: the one thing that matrix products take as weights.
/// </summary>
public sealed class WeightMatrix
{
    private WeightMatrix(WeightFormat format, int outputs, int inputs)
    {
        Format = format;
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
    public Tensor Dense { get; private init; }

    /// <summary>The numbers of a bfloat16 matrix; null for the other formats.</summary>
    public Bf16Matrix? Bf16 { get; private init; }

    /// <summary>The codes of an NF4 matrix; null for the other formats.</summary>
    public Nf4Matrix? Nf4 { get; private init; }

    /// <summary>Number of weights.</summary>
    public long Count => (long)Outputs * Inputs;

    /// <summary>Bytes of the weights and of the scales that belong to them.</summary>
    public long Bytes => Bf16?.Bytes ?? Nf4?.Bytes ?? Count * sizeof(float);

    /// <summary>Wraps float32 weights without copying them.</summary>
    /// <param name="weights">(N, K) weights.</param>
    public static WeightMatrix F32(Tensor weights) => new(WeightFormat.F32, weights.Rows, weights.Columns) { Dense = weights };

    /// <summary>Wraps bfloat16 weights without copying them.</summary>
    /// <param name="weights">(N, K) weights.</param>
    public static WeightMatrix FromBf16(Bf16Matrix weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new(WeightFormat.Bf16, weights.Outputs, weights.Inputs) { Bf16 = weights };
    }

    /// <summary>Wraps NF4 weights without copying them.</summary>
    /// <param name="weights">(N, K) weights.</param>
    public static WeightMatrix FromNf4(Nf4Matrix weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new(WeightFormat.Nf4, weights.Outputs, weights.Inputs) { Nf4 = weights };
    }
}
