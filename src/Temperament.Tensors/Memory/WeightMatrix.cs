using System.Runtime.InteropServices;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

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

    /// <summary>The blocks of a matrix in one of the block formats of GGUF; null for the other formats.</summary>
    public BlockMatrix? Blocks { get; private init; }

    /// <summary>Number of weights.</summary>
    public long Count => (long)Outputs * Inputs;

    /// <summary>Bytes of the weights and of the scales that belong to them.</summary>
    public long Bytes => Bf16?.Bytes ?? Nf4?.Bytes ?? Blocks?.Bytes ?? Count * sizeof(float);

    /// <summary>Some consecutive rows, without copying them.</summary>
    /// <param name="start">First row; a multiple of 64 in a block format.</param>
    /// <param name="count">Number of rows.</param>
    /// <exception cref="NotSupportedException">The weights are NF4, whose rows are packed together.</exception>
    public WeightMatrix SliceRows(int start, int count) => Bf16 is { } half ? FromBf16(half.SliceRows(start, count))
        : Blocks is { } blocks ? FromBlocks(blocks.SliceRows(start, count))
        : Nf4 is null ? F32(Dense.SliceRows(start, count))
        : throw new NotSupportedException("NF4 weights are not cut into rows.");

    /// <summary>Reads one row as float32.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="target">(K) numbers.</param>
    public void ReadRow(int row, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Outputs, nameof(row));
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, Inputs, nameof(target));
        if (Bf16 is { } half)
        {
            Quantization.Bf16.Widen(MemoryMarshal.AsBytes(half.Row(row)), target);
        }
        else if (Blocks is { } blocks)
        {
            blocks.ReadRow(row, target);
        }
        else if (Nf4 is { } nf4)
        {
            for (int input = 0; input < target.Length; input++)
            {
                target[input] = nf4[row, input];
            }
        }
        else
        {
            Dense.Row(row).CopyTo(target);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Writes all weights as float32.</summary>
    /// <param name="target">(N, K) numbers.</param>
    /// <param name="pool">Threads for NF4; null for the calling one.</param>
    public void Widen(Tensor target, ComputePool? pool = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Rows, Outputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Columns, Inputs);
        if (Nf4 is { } nf4)
        {
            Quantization.Nf4.Dequantize(nf4, target, pool);
            return;
        }

        for (int row = 0; row < Outputs; row++)
        {
            ReadRow(row, target.Row(row));
        }
    }

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

    /// <summary>Wraps weights of a block format without copying them.</summary>
    /// <param name="weights">(N, K) weights.</param>
    public static WeightMatrix FromBlocks(BlockMatrix weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new(weights.Format, weights.Outputs, weights.Inputs) { Blocks = weights };
    }
}
