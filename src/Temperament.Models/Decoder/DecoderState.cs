using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// Scratch of a decoder: the activations of one pass, cut from arenas that grow to their size once. A state that keeps its activations
/// can be followed by a backward pass; one that does not needs the memory of a single block. One that recomputes keeps what entered each
/// block, and the backward pass computes the block again: the same bits in less memory. Chen et al. 2016, https://arxiv.org/abs/1604.06174.
/// </summary>
public sealed class DecoderState : IDisposable
{
    /// <summary>Makes a state.</summary>
    /// <param name="keepsActivations">True for training, false for generation and scoring.</param>
    /// <param name="recomputes">Whether blocks are computed again in the backward pass; hooks then see them twice.</param>
    public DecoderState(bool keepsActivations, bool recomputes = false)
    {
        KeepsActivations = keepsActivations;
        Recomputes = keepsActivations && recomputes;
    }

    /// <summary>Whether a backward pass can follow.</summary>
    public bool KeepsActivations { get; }

    /// <summary>Whether the backward pass computes blocks again.</summary>
    public bool Recomputes { get; }

    /// <summary>Dropout of the step; null for none.</summary>
    public DropoutMask? Dropout { get; set; }

    /// <summary>Noise of the step on the embeddings; null for none.</summary>
    public EmbeddingNoise? Noise { get; set; }

    /// <summary>Bytes that the state holds.</summary>
    public long Bytes => Kept.Bytes + Scratch.Bytes;

    internal Arena Kept { get; } = new();

    internal Arena Scratch { get; } = new();

    internal BlockActivations[] Blocks { get; set; } = [];

    /// <summary>(R, C) what entered each block, where blocks are computed again.</summary>
    internal Tensor[] Inputs { get; set; } = [];

    internal TokenBatch? Batch { get; set; }

    internal HookSet? Hooks { get; set; }

    /// <summary>(R, C) residual after the last block.</summary>
    internal Tensor Residual { get; set; }

    /// <summary>Statistics of the last norm.</summary>
    internal Tensor FinalStatistics { get; set; }

    /// <summary>(R, C) after the last norm, the input of the head.</summary>
    public Tensor Final { get; internal set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kept.Dispose();
        Scratch.Dispose();
    }
}
