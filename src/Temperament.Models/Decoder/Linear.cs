using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Decoder;

/// <summary>
/// y = x W^T + b, the one place where dense weights, 4-bit weights and low-rank branches meet. Branches add up in the order in which they
/// were put on.
/// </summary>
public sealed class Linear
{
    private readonly List<LowRank> _branches = [];
    private readonly WeightMatrix? _untrained;

    /// <summary>Makes a layer.</summary>
    /// <param name="name">Path of the module, "model.layers.0.self_attn.q_proj" for one.</param>
    /// <param name="weight">(N, K) weights.</param>
    /// <param name="bias">(1, N) bias; null for none.</param>
    public Linear(string name, WeightMatrix weight, Parameter? bias = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        Name = name;
        Bias = bias;
        Dense = weight.Format == WeightFormat.Nf4 ? null : new Parameter(name + ".weight", weight);
        _untrained = Dense is null ? weight : null;
    }

    /// <summary>Path of the module.</summary>
    public string Name { get; }

    /// <summary>(N, K) weights.</summary>
    public WeightMatrix Weight => Dense?.Held ?? _untrained!;

    /// <summary>The weights as a parameter; null where they are NF4, which is not trained.</summary>
    public Parameter? Dense { get; }

    /// <summary>The low-rank branches of the adapters that are on the layer.</summary>
    public IReadOnlyList<LowRank> Branches => _branches;

    /// <summary>(1, N) bias; null for none.</summary>
    public Parameter? Bias { get; }

    /// <summary>The parameters, weights first; NF4 weights are none.</summary>
    public IEnumerable<Parameter> Parameters => new[] { Dense, Bias }.OfType<Parameter>();

    /// <summary>Sum of the ranks of the branches that are added; 0 without one.</summary>
    public int ActiveRank
    {
        get
        {
            int rank = 0;
            foreach (LowRank branch in _branches)
            {
                rank += branch.IsEnabled ? branch.Rank : 0;
            }

            return rank;
        }
    }

    /// <summary>Whether <see cref="Backward"/> reads the input of the forward pass.</summary>
    public bool NeedsInput => ActiveRank > 0 || Dense is { IsTrainable: true };

    /// <summary>Puts a branch on, behind those that are there.</summary>
    /// <param name="branch">Branch of the layer's shape.</param>
    public void Add(LowRank branch)
    {
        ArgumentNullException.ThrowIfNull(branch);
        ArgumentOutOfRangeException.ThrowIfNotEqual(branch.A.Value.Columns, Weight.Inputs, nameof(branch));
        ArgumentOutOfRangeException.ThrowIfNotEqual(branch.B.Value.Rows, Weight.Outputs, nameof(branch));
        _branches.Add(branch);
    }

    /// <summary>Takes a branch off; nothing happens where it is not on.</summary>
    /// <param name="branch">The branch.</param>
    public void Remove(LowRank branch) => _branches.Remove(branch);

    /// <summary>Takes all branches off.</summary>
    public void Clear() => _branches.Clear();

    /// <summary>Computes the layer.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, N) output.</param>
    /// <param name="x">(R, K) input.</param>
    /// <param name="scratch">Where workspace, and what the backward pass needs, is taken from.</param>
    /// <param name="mask">Dropout of the step; null outside of training.</param>
    /// <returns>(R, sum of r) inner activations of the branches for <see cref="Backward"/>; empty without a branch.</returns>
    public Tensor Forward(ComputePool pool, Tensor y, Tensor x, Arena scratch, DropoutMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        MatMul.Forward(pool, y, x, Weight);
        if (Bias is { } bias)
        {
            RowBias.Forward(pool, y, bias.Value);
        }

        return Branch(pool, y, x, scratch, mask);
    }

    /// <summary>Computes what <see cref="Backward"/> needs of <see cref="Forward"/>, and no output.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">(R, K) input.</param>
    /// <param name="scratch">Where workspace, and what the backward pass needs, is taken from.</param>
    /// <param name="mask">Dropout of the step; null outside of training.</param>
    /// <returns>What <see cref="Forward"/> returns.</returns>
    public Tensor Reduce(ComputePool pool, Tensor x, Arena scratch, DropoutMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        return Branch(pool, default, x, scratch, mask);
    }

    /// <summary>Adds the gradients of <see cref="Forward"/>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dx">(R, K) gradient of the input; empty where nobody needs it.</param>
    /// <param name="dy">(R, N) gradient of the output.</param>
    /// <param name="x">(R, K) input of the forward pass.</param>
    /// <param name="inner">What <see cref="Forward"/> returned.</param>
    /// <param name="scratch">Where workspace is taken from.</param>
    /// <param name="accumulate">Whether <paramref name="dx"/> is added to, or set.</param>
    /// <param name="mask">Dropout of the step.</param>
    public void Backward(
        ComputePool pool, Tensor dx, Tensor dy, Tensor x, Tensor inner, Arena scratch, bool accumulate, DropoutMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        if (!dx.IsEmpty)
        {
            MatMul.BackwardInput(pool, dx, dy, Weight, accumulate);
        }

        if (Dense is { IsTrainable: true } dense)
        {
            MatMul.BackwardWeight(pool, dense.Gradient, dy, x);
        }

        if (Bias is { IsTrainable: true } bias)
        {
            RowBias.Backward(pool, bias.Gradient, dy);
        }

        int column = 0;
        foreach (LowRank branch in _branches)
        {
            if (branch.IsEnabled)
            {
                long level = scratch.Mark();
                Tensor own = inner.SliceColumns(column, branch.Rank);
                branch.Backward(pool, dx, dy, x, own, scratch.Take(x.Rows, branch.Rank), DropWorkspace(branch, x, scratch, mask), mask);
                scratch.Release(level);
                column += branch.Rank;
            }
        }
    }

    // Without an output only the inner activations are computed.
    private Tensor Branch(ComputePool pool, Tensor y, Tensor x, Arena scratch, DropoutMask? mask)
    {
        int rank = ActiveRank;
        if (rank == 0)
        {
            return default;
        }

        Tensor inner = scratch.Take(x.Rows, rank);
        int column = 0;
        foreach (LowRank branch in _branches)
        {
            if (!branch.IsEnabled)
            {
                continue;
            }

            long level = scratch.Mark();
            Tensor own = inner.SliceColumns(column, branch.Rank), workspace = DropWorkspace(branch, x, scratch, mask);
            if (y.IsEmpty)
            {
                branch.Reduce(pool, x, own, workspace, mask);
            }
            else
            {
                branch.Forward(pool, y, x, own, workspace, mask);
            }

            scratch.Release(level);
            column += branch.Rank;
        }

        return inner;
    }

    private static Tensor DropWorkspace(LowRank branch, Tensor x, Arena scratch, DropoutMask? mask) =>
        mask is not null && branch.Dropout > 0 ? scratch.Take(x.Rows, x.Columns) : default;
}
