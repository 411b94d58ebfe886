using System.Globalization;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Methods.Adapters;

/// <summary>
/// A checkpoint with an adapter in its weights: W + scale * B A, in float32 whatever the base is stored in, and whole modules in the place
/// of the base's. What is lost when the sum is rounded to the type of the file is measured against what was added.
/// </summary>
public sealed class CheckpointMerge
{
    private readonly Dictionary<string, LowRank> _branches;
    private readonly Dictionary<string, Tensor> _whole;
    private readonly Dictionary<string, MergedModule> _modules = new(StringComparer.Ordinal);
    private readonly StoredAs _stored;
    private readonly bool _gguf;
    private readonly ComputePool _pool;

    /// <summary>Prepares a merge.</summary>
    /// <param name="adapter">The adapter, of the shape of the base.</param>
    /// <param name="stored">Type of the file.</param>
    /// <param name="gguf">Whether it is a GGUF file.</param>
    /// <param name="pool">Threads.</param>
    public CheckpointMerge(LoraAdapter adapter, StoredAs stored, bool gguf, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        _branches = adapter.Branches.ToDictionary(b => b.Path + ".weight", b => b.Branch, StringComparer.Ordinal);
        _whole = adapter.Replacements.ToDictionary(r => r.Target.Name, r => r.Numbers, StringComparer.Ordinal);
        (_stored, _gguf, _pool) = (stored, gguf, pool);
    }

    /// <summary>The modules that were merged so far, in the order in which they were read.</summary>
    public IReadOnlyCollection<MergedModule> Modules => _modules.Values;

    /// <summary>The base with the adapter added and every weight rounded to the type of the file.</summary>
    /// <param name="source">The base; it stays the caller's.</param>
    public EditedSource Of(ModelSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        string[] missing = [.. _branches.Keys.Concat(_whole.Keys).Except(source.Weights.Select(w => w.Name))];
        return missing.Length == 0
            ? new EditedSource(source, $"merged as {_stored}", Edit)
            : throw new AdapterException(source.Path, $"no weight {missing[0]}", "a weight for each module of the adapter",
                "The adapter is of another model, or it has something that the base's files have no place for.");
    }

    /// <summary>Refuses an adapter that adds nothing.</summary>
    /// <exception cref="AdapterException">A module has an update of 0.</exception>
    public void RequireEffect()
    {
        if (_modules.Values.FirstOrDefault(module => !(module.UpdateNorm > 0)) is { } empty)
        {
            throw new AdapterException(empty.Path, "an update of norm 0", "an update above 0 for each module of the adapter",
                "The adapter was not trained, or its B is zero; merging it would change nothing.");
        }
    }

    private Tensor Edit(WeightSlot slot, Tensor weights)
    {
        var type = _gguf ? WeightRounding.InGguf(slot, _stored) : WeightRounding.InFolder(_stored);
        double norm = Square(weights), update;
        if (_branches.TryGetValue(slot.Name, out LowRank? branch))
        {
            update = Add(weights, branch);
        }
        else if (_whole.TryGetValue(slot.Name, out Tensor numbers))
        {
            update = Replace(weights, numbers);
        }
        else
        {
            return WeightRounding.Round(type, weights, _pool);
        }

        Tensor exact = Tensor.Zeros(weights.Rows, weights.Columns);
        exact.CopyFrom(weights);
        WeightRounding.Round(type, weights, _pool);
        double lost = 0;
        for (int row = 0; row < weights.Rows; row++)
        {
            Span<float> rounded = weights.Row(row), sum = exact.Row(row);
            for (int column = 0; column < rounded.Length; column++)
            {
                double difference = (double)rounded[column] - sum[column];
                lost += difference * difference;
            }
        }

        lock (_modules)
        {
            _modules[slot.Name] = new MergedModule(slot.Name.EndsWith(".weight", StringComparison.Ordinal) ? slot.Name[..^".weight".Length] : slot.Name, Math.Sqrt(norm), Math.Sqrt(update), Math.Sqrt(lost));
        }

        return weights;
    }

    // weights += scale * B A; gives the squared norm of what is added. B A is one product of (N, r) with the rows of A^T.
    private double Add(Tensor weights, LowRank branch)
    {
        Tensor transposed = Tensor.Zeros(branch.A.Value.Columns, branch.Rank);
        for (int row = 0; row < transposed.Rows; row++)
        {
            for (int r = 0; r < branch.Rank; r++)
            {
                transposed[row, r] = branch.A.Value[r, row];
            }
        }

        Tensor update = Tensor.Zeros(weights.Rows, weights.Columns);
        MatMul.Forward(_pool, update, branch.B.Value, WeightMatrix.F32(transposed));
        Elementwise.Scale(_pool, update, branch.Scale);
        double square = Square(update);
        for (int row = 0; row < weights.Rows; row++)
        {
            Span<float> to = weights.Row(row);
            ReadOnlySpan<float> from = update.Row(row);
            for (int column = 0; column < to.Length; column++)
            {
                to[column] += from[column];
            }
        }

        return square;
    }

    private static double Replace(Tensor weights, Tensor numbers)
    {
        double square = 0;
        for (int row = 0; row < weights.Rows; row++)
        {
            for (int column = 0; column < weights.Columns; column++)
            {
                double difference = (double)numbers[row, column] - weights[row, column];
                square += difference * difference;
            }
        }

        weights.CopyFrom(numbers);
        return square;
    }

    private static double Square(Tensor tensor)
    {
        double sum = 0;
        for (int row = 0; row < tensor.Rows; row++)
        {
            foreach (float value in tensor.Row(row))
            {
                sum += (double)value * value;
            }
        }

        return sum;
    }
}

/// <summary>What merging did to one layer.</summary>
/// <param name="Path">Path of the module.</param>
/// <param name="WeightNorm">Frobenius norm of the weights before.</param>
/// <param name="UpdateNorm">Frobenius norm of what was added.</param>
/// <param name="RoundingNorm">Frobenius norm of what rounding to the type of the file changed afterwards.</param>
public sealed record MergedModule(string Path, double WeightNorm, double UpdateNorm, double RoundingNorm)
{
    /// <summary>What rounding changed, as a share of what was added: far below 1, or the adapter drowns in it.</summary>
    public double Lost => UpdateNorm > 0 ? RoundingNorm / UpdateNorm : double.PositiveInfinity;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Path}: |W| {WeightNorm:G4}, |dW| {UpdateNorm:G4}, rounding {Lost:P1} of it");
}
