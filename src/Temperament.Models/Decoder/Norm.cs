using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Decoder;

/// <summary>A normalisation of rows with its weights.</summary>
public sealed class Norm
{
    private readonly float _eps;

    /// <summary>Makes a norm.</summary>
    /// <param name="kind">What is computed.</param>
    /// <param name="eps">Added to the mean square or the variance.</param>
    /// <param name="weight">(1, C) scale.</param>
    /// <param name="bias">(1, C) shift of a <see cref="NormKind.Layer"/> norm; null for the others.</param>
    public Norm(NormKind kind, float eps, Parameter weight, Parameter? bias = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if ((kind == NormKind.Layer) != (bias is not null))
        {
            throw new ArgumentException($"A norm of kind {kind} {(bias is null ? "needs a" : "has no")} shift.", nameof(bias));
        }

        Kind = kind;
        _eps = eps;
        Weight = weight;
        Bias = bias;
    }

    /// <summary>What is computed.</summary>
    public NormKind Kind { get; }

    /// <summary>(1, C) scale as the checkpoint has it.</summary>
    public Parameter Weight { get; }

    /// <summary>(1, C) shift; null for none.</summary>
    public Parameter? Bias { get; }

    /// <summary>The parameters, scale first.</summary>
    public IEnumerable<Parameter> Parameters => Bias is null ? [Weight] : [Weight, Bias];

    /// <summary>The factor of one channel: w, or 1 + w.</summary>
    /// <param name="channel">Channel, from 0.</param>
    public float Factor(int channel) => Kind == NormKind.RmsOffset ? 1 + Weight.Value[0, channel] : Weight.Value[0, channel];

    /// <summary>Normalises every row.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, C) output. May be <paramref name="x"/>.</param>
    /// <param name="x">(R, C) input.</param>
    /// <param name="memory">Where the statistics and workspace are taken from.</param>
    /// <returns>Statistics of the rows, for <see cref="Backward"/>.</returns>
    public Tensor Forward(ComputePool pool, Tensor y, Tensor x, Arena memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Tensor statistics = memory.Take(Kind == NormKind.Layer ? 2 : 1, x.Rows);
        if (Bias is { } bias)
        {
            LayerNorm.Forward(pool, y, statistics, x, Weight.Value, bias.Value, _eps);
        }
        else
        {
            RmsNorm.Forward(pool, y, statistics, x, Scale(memory), _eps);
        }

        return statistics;
    }

    /// <summary>Adds the gradients of <see cref="Forward"/>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dx">(R, C) gradient of the input, accumulated.</param>
    /// <param name="dy">(R, C) gradient of the output. Not <paramref name="dx"/>.</param>
    /// <param name="x">(R, C) input of the forward pass.</param>
    /// <param name="statistics">What <see cref="Forward"/> returned.</param>
    /// <param name="memory">Where workspace is taken from.</param>
    public void Backward(ComputePool pool, Tensor dx, Tensor dy, Tensor x, Tensor statistics, Arena memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (Bias is { } bias)
        {
            LayerNorm.Backward(pool, dx, Weight.Gradient, bias.Gradient, dy, x, Weight.Value, statistics);
        }
        else
        {
            RmsNorm.Backward(pool, dx, Weight.Gradient, dy, x, Scale(memory), statistics);
        }
    }

    private Tensor Scale(Arena memory)
    {
        if (Kind != NormKind.RmsOffset)
        {
            return Weight.Value;
        }

        Tensor scale = memory.Take(1, Weight.Value.Columns);
        for (int c = 0; c < scale.Columns; c++)
        {
            scale[0, c] = Factor(c);
        }

        return scale;
    }
}
