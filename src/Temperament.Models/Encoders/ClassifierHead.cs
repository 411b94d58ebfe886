using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Encoders;

/// <summary>From the hidden state of the first token to the classes: output(act(dense(x))).</summary>
internal sealed class ClassifierHead
{
    private readonly ActivationKind _activation;
    private Tensor _first, _dense, _pooled;

    public ClassifierHead(EncoderConfig config, EncoderWeights weights)
    {
        int C = config.Shape.HiddenSize;
        Dense = weights.Linear(config.Layout.HeadDense, C, C);
        Output = weights.Linear(config.Layout.HeadOutput, config.Labels.Count, C);
        _activation = config.HeadActivation;
    }

    /// <summary>(C, C) first layer.</summary>
    public Linear Dense { get; }

    /// <summary>(labels, C) last layer.</summary>
    public Linear Output { get; }

    /// <summary>(B, C) what the last layer read in the last pass.</summary>
    public Tensor Pooled => _pooled;

    /// <summary>Computes the logits of every text.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="logits">(B, labels) output.</param>
    /// <param name="hidden">(R, C) hidden states.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="memory">Where activations are taken from; they must live until <see cref="Backward"/>.</param>
    public void Forward(ComputePool pool, Tensor logits, Tensor hidden, TokenBatch batch, Arena memory)
    {
        int B = batch.Sequences, C = hidden.Columns;
        (_first, _dense, _pooled) = (memory.Take(B, C), memory.Take(B, C), memory.Take(B, C));
        for (int s = 0; s < B; s++)
        {
            hidden.Row(batch.Starts[s]).CopyTo(_first.Row(s));
        }

        Dense.Forward(pool, _dense, _first, memory);
        Activation.Forward(pool, _activation, _pooled, _dense);
        Output.Forward(pool, logits, _pooled, memory);
    }

    /// <summary>Sets the gradient of the hidden states and adds those of the two layers.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dhidden">(R, C) receives the gradient.</param>
    /// <param name="dlogits">(B, labels) gradient of the logits.</param>
    /// <param name="batch">The rows of <see cref="Forward"/>.</param>
    /// <param name="memory">Where workspace is taken from.</param>
    public void Backward(ComputePool pool, Tensor dhidden, Tensor dlogits, TokenBatch batch, Arena memory)
    {
        int B = batch.Sequences, C = dhidden.Columns;
        Tensor dpooled = memory.Take(B, C), dfirst = memory.Take(B, C);
        Output.Backward(pool, dpooled, dlogits, _pooled, default, memory, accumulate: false);
        Activation.Backward(pool, _activation, dpooled, dpooled, _dense);
        Dense.Backward(pool, dfirst, dpooled, _first, default, memory, accumulate: false);
        dhidden.Clear();
        for (int s = 0; s < B; s++)
        {
            dfirst.Row(s).CopyTo(dhidden.Row(batch.Starts[s]));
        }
    }
}
