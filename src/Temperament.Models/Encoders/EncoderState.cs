using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Encoders;

/// <summary>Scratch of an encoder: the activations of one pass, cut from arenas that grow to their size once.</summary>
public sealed class EncoderState : IDisposable
{
    /// <summary>Makes a state.</summary>
    /// <param name="keepsActivations">True where a backward pass follows.</param>
    public EncoderState(bool keepsActivations)
    {
        KeepsActivations = keepsActivations;
    }

    /// <summary>Whether a backward pass can follow.</summary>
    public bool KeepsActivations { get; }

    /// <summary>Dropout of the low-rank branches in a step of training; null for none.</summary>
    public DropoutMask? Dropout { get; set; }

    /// <summary>Bytes that the state holds.</summary>
    public long Bytes => Kept.Bytes + Scratch.Bytes;

    internal Arena Kept { get; } = new();

    internal Arena Scratch { get; } = new();

    internal BlockActivations[] Blocks { get; set; } = [];

    internal EncoderBatch? Batch { get; set; }

    /// <summary>(R, C) sum of the embeddings before its norm, with the statistics of its rows.</summary>
    internal Tensor Summed { get; set; }

    internal Tensor SummedStatistics { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kept.Dispose();
        Scratch.Dispose();
    }
}
