using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>The operands of one case, freed together: a table of large shapes must not wait for the garbage collector.</summary>
internal sealed class TensorBank : IDisposable
{
    private static readonly float[] Numbers = Draw(1 << 16);

    private readonly List<IDisposable> _owners = [];

    /// <summary>A tensor of zeros.</summary>
    public Tensor Zeros(int rows, int columns)
    {
        var owner = new AlignedBuffer<float>((long)rows * columns);
        _owners.Add(owner);
        return Tensor.Over(owner, 0, rows, columns);
    }

    /// <summary>A tensor of ordinary numbers: every row begins at another place of one list of normal numbers.</summary>
    public Tensor Normal(int rows, int columns)
    {
        Tensor tensor = Zeros(rows, columns);
        for (int r = 0; r < rows; r++)
        {
            Span<float> row = tensor.Row(r);
            int from = r * 40503 & (Numbers.Length - 1);
            for (int done = 0; done < columns; from = 0)
            {
                int part = Math.Min(columns - done, Numbers.Length - from);
                Numbers.AsSpan(from, part).CopyTo(row[done..]);
                done += part;
            }
        }

        return tensor;
    }

    /// <summary>Weights of ordinary numbers in a storage format.</summary>
    public WeightMatrix Weights(ComputePool pool, int outputs, int inputs, WeightFormat format)
    {
        if (format == WeightFormat.F32)
        {
            return WeightMatrix.F32(Normal(outputs, inputs));
        }

        if (BlockCode.IsBlocks(format))
        {
            return Own(RandomBlocks.Draw(format, outputs, inputs));
        }

        using var source = new TensorBank();
        Tensor numbers = source.Normal(outputs, inputs);
        return format == WeightFormat.Bf16 ? Own(Bf16Matrix.Round(numbers)) : Own(Nf4.Quantize(numbers, doubleQuantize: true, pool));
    }

    /// <summary>The same weights elsewhere in memory.</summary>
    public WeightMatrix Copy(WeightMatrix weights)
    {
        if (weights.Bf16 is { } half)
        {
            var rows = new Bf16Matrix(half.Outputs, half.Inputs);
            for (int r = 0; r < half.Outputs; r++)
            {
                half.Row(r).CopyTo(rows.Row(r));
            }

            return Own(rows);
        }

        if (weights.Blocks is { } blocks)
        {
            return Own(blocks.Copy());
        }

        if (weights.Nf4 is not { } nf4)
        {
            Tensor copy = Zeros(weights.Outputs, weights.Inputs);
            copy.CopyFrom(weights.Dense);
            return WeightMatrix.F32(copy);
        }

        return Own(nf4.Copy());
    }

    /// <inheritdoc/>
    public void Dispose() => _owners.ForEach(owner => owner.Dispose());

    /// <summary>Takes weights over, to be freed with the others.</summary>
    public WeightMatrix Own(Bf16Matrix matrix)
    {
        _owners.Add(matrix);
        return WeightMatrix.FromBf16(matrix);
    }

    /// <summary>Takes weights over, to be freed with the others.</summary>
    public WeightMatrix Own(Nf4Matrix matrix)
    {
        _owners.Add(matrix);
        return WeightMatrix.FromNf4(matrix);
    }

    /// <summary>Takes weights over, to be freed with the others.</summary>
    public WeightMatrix Own(BlockMatrix matrix)
    {
        _owners.Add(matrix);
        return WeightMatrix.FromBlocks(matrix);
    }

    private static float[] Draw(int count)
    {
        var stream = new RandomStream(1, "diagnostics");
        var numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = (float)stream.NextNormal();
        }

        return numbers;
    }
}
