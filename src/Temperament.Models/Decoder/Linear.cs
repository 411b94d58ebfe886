using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Decoder;

/// <summary>
/// y = x W^T, the one place where dense weights, 4-bit weights and an optional low-rank branch meet.
/// </summary>
public sealed class Linear
{
    /// <summary>Makes a layer.</summary>
    /// <param name="name">Path of the module, "model.layers.0.self_attn.q_proj" for one.</param>
    /// <param name="weight">(N, K) weights.</param>
    public Linear(string name, WeightMatrix weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        Name = name;
        Weight = weight;
        Dense = weight.Format == WeightFormat.F32 ? new Parameter(name + ".weight", weight.Dense) : null;
    }

    /// <summary>Path of the module.</summary>
    public string Name { get; }

    /// <summary>(N, K) weights.</summary>
    public WeightMatrix Weight { get; }

    /// <summary>The weights as a parameter for full training; null where they are quantised.</summary>
    public Parameter? Dense { get; }

    /// <summary>The low-rank branch; null without an adapter.</summary>
    public LowRank? Adapter { get; set; }

    private LowRank? Branch => Adapter is { IsEnabled: true } adapter ? adapter : null;

    /// <summary>Rank of the branch that is added; 0 without one.</summary>
    public int ActiveRank => Branch?.Rank ?? 0;

    /// <summary>Computes the layer.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, N) output.</param>
    /// <param name="x">(R, K) input.</param>
    /// <param name="scratch">Where workspace, and what the backward pass needs, is taken from.</param>
    /// <param name="mask">Dropout of the step; null outside of training.</param>
    /// <returns>(R, r) inner activation of the branch for <see cref="Backward"/>; empty without a branch.</returns>
    public Tensor Forward(ComputePool pool, Tensor y, Tensor x, Arena scratch, DropoutMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        MatMul.Forward(pool, y, x, Weight);
        if (Branch is not { } branch)
        {
            return default;
        }

        Tensor inner = scratch.Take(x.Rows, branch.Rank);
        branch.Forward(pool, y, x, inner, DropWorkspace(branch, x, scratch, mask), mask);
        return inner;
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

        if (Branch is { } branch)
        {
            branch.Backward(pool, dx, dy, x, inner, scratch.Take(x.Rows, branch.Rank), DropWorkspace(branch, x, scratch, mask), mask);
        }
    }

    private static Tensor DropWorkspace(LowRank branch, Tensor x, Arena scratch, DropoutMask? mask) =>
        mask is not null && branch.Dropout > 0 ? scratch.Take(x.Rows, x.Columns) : default;
}
