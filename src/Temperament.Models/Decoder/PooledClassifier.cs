using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// A linear head on the mean of a decoder's last hidden states: logits = W z + b with z_c = (mean_c - m_c) s_c, where m and s are fixed
/// numbers that bring each feature to mean 0 and variance 1.
/// </summary>
public sealed class PooledClassifier
{
    private readonly DecoderNetwork _network;
    private readonly Tensor _means;
    private readonly Tensor _scales;
    private readonly Linear _output;

    /// <summary>Puts a head on a network.</summary>
    /// <param name="network">The network; adapters that are on it take part.</param>
    /// <param name="means">(1, C) what is taken off each feature.</param>
    /// <param name="scales">(1, C) what each feature is then multiplied by.</param>
    /// <param name="weight">(K, C) weights of the head for K classes.</param>
    /// <param name="bias">(1, K) biases of the head.</param>
    /// <exception cref="ArgumentException">A tensor is of another shape.</exception>
    public PooledClassifier(DecoderNetwork network, Tensor means, Tensor scales, Tensor weight, Tensor bias)
    {
        ArgumentNullException.ThrowIfNull(network);
        int C = network.Config.HiddenSize;
        if (means.Rows != 1 || means.Columns != C || scales.Rows != 1 || scales.Columns != C || weight.Columns != C || bias.Rows != 1 || bias.Columns != weight.Rows)
        {
            throw new ArgumentException($"A head on {C} features takes means and scales of (1, {C}), weights of (K, {C}) and biases of (1, K); "
                + $"there are ({means.Rows}, {means.Columns}), ({scales.Rows}, {scales.Columns}), ({weight.Rows}, {weight.Columns}) and ({bias.Rows}, {bias.Columns}).", nameof(weight));
        }

        (_network, _means, _scales) = (network, means, scales);
        _output = new Linear("classifier", WeightMatrix.F32(weight), new Parameter("classifier.bias", bias));
    }

    /// <summary>Weights and biases of the head.</summary>
    public IEnumerable<Parameter> Parameters => _output.Parameters;

    /// <summary>Computes the logits of sequences.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="state">Scratch.</param>
    /// <returns>(B, K) logits; valid until the next pass over the state.</returns>
    public Tensor Logits(TokenBatch batch, DecoderState state) => Forward(batch, state).Logits;

    /// <summary>Scores labelled sequences and adds the gradients of all trainable parameters, those of the network among them.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="labels">Class of each.</param>
    /// <param name="state">Scratch that keeps activations.</param>
    /// <param name="gradientScale">Weight of a sequence: 1 / number of sequences of the whole step.</param>
    /// <returns>(B) -log p(label) in nats, before the weight.</returns>
    public float[] Backward(TokenBatch batch, ReadOnlySpan<int> labels, DecoderState state, float gradientScale)
    {
        (Tensor pooled, Tensor logits) = Forward(batch, state);
        long mark = state.Scratch.Mark();
        Tensor losses = state.Scratch.Take(1, logits.Rows), dpooled = state.Scratch.Take(pooled.Rows, pooled.Columns), dfinal = state.Scratch.Take(batch.Rows, pooled.Columns);
        CrossEntropy.ForwardBackward(_network.Pool, losses, logits, labels, gradientScale);
        _output.Backward(_network.Pool, dpooled, logits, pooled, default, state.Scratch, accumulate: false);
        Span<float> scales = _scales.Row(0);
        for (int s = 0; s < dpooled.Rows; s++)
        {
            Span<float> row = dpooled.Row(s);
            for (int c = 0; c < row.Length; c++)
            {
                row[c] *= scales[c];
            }
        }

        dfinal.Clear();
        MeanPool.Backward(dfinal, dpooled, batch);
        float[] result = losses.Row(0).ToArray();
        _network.Backward(state, dfinal);
        state.Scratch.Release(mark);
        return result;
    }

    private (Tensor Pooled, Tensor Logits) Forward(TokenBatch batch, DecoderState state)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(state);
        Tensor final = _network.Forward(batch, state);
        Tensor pooled = state.Kept.Take(batch.Sequences, final.Columns), logits = state.Kept.Take(batch.Sequences, _output.Weight.Outputs);
        MeanPool.Forward(pooled, final, batch);
        Span<float> means = _means.Row(0), scales = _scales.Row(0);
        for (int s = 0; s < pooled.Rows; s++)
        {
            Span<float> row = pooled.Row(s);
            for (int c = 0; c < row.Length; c++)
            {
                row[c] = (row[c] - means[c]) * scales[c];
            }
        }

        _output.Forward(_network.Pool, logits, pooled, state.Kept);
        return (pooled, logits);
    }
}
