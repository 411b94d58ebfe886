using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Decoder;

/// <summary>
/// The low-rank branch of a linear layer: y += scale * B (A drop(x)). Hu et al. 2021, https://arxiv.org/abs/2106.09685.
/// Gradients: with h = A drop(x) and g = scale * B^T dy:  dB += scale * dy h^T,  dA += g drop(x)^T,  dx += drop(A^T g).
/// </summary>
public sealed class LowRank
{
    private readonly WeightMatrix _a;
    private readonly WeightMatrix _b;

    /// <summary>Makes a branch.</summary>
    /// <param name="a">(r, K), with its name in the adapter file.</param>
    /// <param name="b">(N, r), with its name in the adapter file.</param>
    /// <param name="scale">alpha / r, or alpha / sqrt(r).</param>
    /// <param name="dropout">Share of the inputs that is dropped in training, 0 to below 1.</param>
    public LowRank(Parameter a, Parameter b, float scale, float dropout)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Value.Columns, a.Value.Rows);
        ArgumentOutOfRangeException.ThrowIfNegative(dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(dropout, 1);
        A = a;
        B = b;
        Scale = scale;
        Dropout = dropout;
        _a = WeightMatrix.F32(a.Value);
        _b = WeightMatrix.F32(b.Value);
    }

    /// <summary>(r, K): reads the input.</summary>
    public Parameter A { get; }

    /// <summary>(N, r): writes the output.</summary>
    public Parameter B { get; }

    /// <summary>Factor of the branch.</summary>
    public float Scale { get; set; }

    /// <summary>Share of the inputs that is dropped in training.</summary>
    public float Dropout { get; }

    /// <summary>Rank, r.</summary>
    public int Rank => A.Value.Rows;

    /// <summary>Whether the branch is added at all; off gives the base model.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Adds the branch to the output.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, N) output, accumulated.</param>
    /// <param name="x">(R, K) input.</param>
    /// <param name="inner">(R, r) receives scale * A drop(x), kept for <see cref="Backward"/>.</param>
    /// <param name="dropped">(R, K) workspace; used only where there is dropout.</param>
    /// <param name="mask">Which mask to draw; null outside of training.</param>
    public void Forward(ComputePool pool, Tensor y, Tensor x, Tensor inner, Tensor dropped, DropoutMask? mask)
    {
        Reduce(pool, x, inner, dropped, mask);
        MatMul.Forward(pool, y, inner, _b, accumulate: true);
    }

    /// <summary>Computes what <see cref="Backward"/> needs of <see cref="Forward"/>, and no output.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">(R, K) input.</param>
    /// <param name="inner">(R, r) receives scale * A drop(x).</param>
    /// <param name="dropped">(R, K) workspace; used only where there is dropout.</param>
    /// <param name="mask">Which mask to draw; null outside of training.</param>
    public void Reduce(ComputePool pool, Tensor x, Tensor inner, Tensor dropped, DropoutMask? mask)
    {
        MatMul.Forward(pool, inner, Drop(pool, x, dropped, mask), _a);
        ScaleUp(pool, inner);
    }

    /// <summary>Adds the gradients of <see cref="Forward"/>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dx">(R, K) gradient of the input, accumulated; empty where nobody needs it.</param>
    /// <param name="dy">(R, N) gradient of the output.</param>
    /// <param name="x">(R, K) input of the forward pass.</param>
    /// <param name="inner">(R, r) of the forward pass.</param>
    /// <param name="dinner">(R, r) workspace.</param>
    /// <param name="dropped">(R, K) workspace; used only where there is dropout.</param>
    /// <param name="mask">The mask of the forward pass.</param>
    public void Backward(
        ComputePool pool, Tensor dx, Tensor dy, Tensor x, Tensor inner, Tensor dinner, Tensor dropped, DropoutMask? mask)
    {
        if (B.IsTrainable)
        {
            MatMul.BackwardWeight(pool, B.Gradient, dy, inner);
        }

        MatMul.BackwardInput(pool, dinner, dy, _b, accumulate: false);
        ScaleUp(pool, dinner);
        if (A.IsTrainable)
        {
            MatMul.BackwardWeight(pool, A.Gradient, dinner, Drop(pool, x, dropped, mask));
        }

        if (dx.IsEmpty)
        {
            return;
        }

        if (mask is null || Dropout == 0)
        {
            MatMul.BackwardInput(pool, dx, dinner, _a);
            return;
        }

        MatMul.BackwardInput(pool, dropped, dinner, _a, accumulate: false);
        Drop(pool, dropped, dropped, mask);
        Elementwise.Add(pool, dx, dropped);
    }

    private void ScaleUp(ComputePool pool, Tensor x)
    {
        if (Scale != 1)
        {
            Elementwise.Scale(pool, x, Scale);
        }
    }

    private Tensor Drop(ComputePool pool, Tensor x, Tensor dropped, DropoutMask? mask)
    {
        if (mask is not { } drawn || Dropout == 0)
        {
            return x;
        }

        if (drawn.Given is { } given)
        {
            Temperament.Tensors.Kernels.Dropout.Apply(pool, dropped, x, given[A.Name], Dropout);
        }
        else
        {
            Temperament.Tensors.Kernels.Dropout.Apply(pool, dropped, x, Dropout, drawn.KeyOf(A.Name), drawn.FirstRow);
        }

        return dropped;
    }
}
