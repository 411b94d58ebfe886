using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>Rows that go through the network at once.</summary>
/// <param name="Tokens">The rows. Where there are pairs, their first half are the chosen answers and their second half the rejected ones, in the same order.</param>
public sealed record MicroBatch(TokenBatch Tokens)
{
    /// <summary>Number of preference pairs; 0 for plain language modelling.</summary>
    public int Pairs { get; init; }

    /// <summary>(R, C) noise on the embeddings that another trainer drew; empty where none is given.</summary>
    public Tensor Noise { get; init; }

    /// <summary>Dropout masks that another trainer drew, by the name of A of each branch; null where none are given.</summary>
    public IReadOnlyDictionary<string, Tensor>? Masks { get; init; }
}

/// <summary>Where a run takes its steps from.</summary>
public interface IStepSource
{
    /// <summary>Number of steps.</summary>
    int Steps { get; }

    /// <summary>The micro-batches of one step: a function of the step alone, so that a resumed run goes on with the same ones.</summary>
    /// <param name="step">Step, from 0.</param>
    IReadOnlyList<MicroBatch> At(int step);
}
