using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>What the backward pass needs of one block's forward pass.</summary>
internal struct BlockActivations
{
    /// <summary>(R, C) residual that entered the block, and the one between attention and MLP.</summary>
    public Tensor Input, Middle;

    /// <summary>(R, C) outputs of the two norms, with (1, R) reciprocal deviations.</summary>
    public Tensor AttentionInput, AttentionRstd, FeedForwardInput, FeedForwardRstd;

    /// <summary>(R, H*D), (R, K*D), (R, K*D) after rotation, (R, H) log-sum-exp and (R, H*D) result of attention.</summary>
    public Tensor Query, Key, Value, LogSumExp, Attended;

    /// <summary>(R, F) gate and up projections and the hidden act(gate) * up.</summary>
    public Tensor Gate, Up, Hidden;

    /// <summary>(R, r) inner activations of the low-rank branches.</summary>
    public Tensor QueryInner, KeyInner, ValueInner, OutputInner, GateInner, UpInner, DownInner;
}

/// <summary>
/// Scratch of a decoder: the activations of one pass, cut from arenas that grow to their size once. A state that keeps its activations
/// can be followed by a backward pass; one that does not needs the memory of a single block.
/// </summary>
public sealed class DecoderState : IDisposable
{
    /// <summary>Makes a state.</summary>
    /// <param name="keepsActivations">True for training, false for generation and scoring.</param>
    public DecoderState(bool keepsActivations)
    {
        KeepsActivations = keepsActivations;
    }

    /// <summary>Whether a backward pass can follow.</summary>
    public bool KeepsActivations { get; }

    /// <summary>Dropout of the step; null for none.</summary>
    public DropoutMask? Dropout { get; set; }

    /// <summary>Noise of the step on the embeddings; null for none.</summary>
    public EmbeddingNoise? Noise { get; set; }

    /// <summary>Bytes that the state holds.</summary>
    public long Bytes => Kept.Bytes + Scratch.Bytes;

    internal Arena Kept { get; } = new();

    internal Arena Scratch { get; } = new();

    internal BlockActivations[] Blocks { get; set; } = [];

    internal TokenBatch? Batch { get; set; }

    /// <summary>(R, C) residual after the last block.</summary>
    internal Tensor Residual { get; set; }

    /// <summary>(1, R) of the last norm.</summary>
    internal Tensor FinalRstd { get; set; }

    /// <summary>(R, C) after the last norm, the input of the head.</summary>
    public Tensor Final { get; internal set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kept.Dispose();
        Scratch.Dispose();
    }
}
