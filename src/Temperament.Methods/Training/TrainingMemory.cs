using Temperament.Models.Decoder;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Methods.Training;

/// <summary>Bytes that a run is expected to need.</summary>
/// <param name="Weights">The base.</param>
/// <param name="Trained">What is trained: numbers, gradients and AdamW's two moments.</param>
/// <param name="Activations">The largest micro-batch of a forward and backward pass.</param>
public sealed record TrainingMemory(long Weights, long Trained, long Activations)
{
    // Of the free memory, what a run may take for the sake of speed: other programs, and what the estimate misses, have the rest.
    private const int PlentyShare = 4;

    /// <summary>What the process holds besides when it is asked: the program, its runtime, the file that the base was read from.</summary>
    public long Besides { get; init; }

    /// <summary>All of it: the most that the process will have at once.</summary>
    public long Total => Weights + Trained + Activations + Besides;

    /// <summary>Estimates a run.</summary>
    /// <param name="network">The base, with what is trained on it.</param>
    /// <param name="parameters">What is trained.</param>
    /// <param name="rows">Rows of the largest micro-batch.</param>
    /// <param name="targets">Those of its rows that have a target.</param>
    /// <param name="training">How it is trained.</param>
    public static TrainingMemory Estimate(
        DecoderNetwork network, IReadOnlyList<Parameter> parameters, long rows, long targets, TrainingConfig training)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(training);
        DecoderConfig shape = network.Config;
        long C = shape.HiddenSize, F = shape.FeedForwardSize, Q = (long)shape.Heads * shape.HeadSize, KV = (long)shape.KeyValueHeads * shape.HeadSize;
        long ranks = network.Weights.Blocks.Max(block => block.Linears.Sum(l => (long)l.ActiveRank));
        long rank = network.Weights.Linears.Max(l => l.ActiveRank);
        long dropped = network.Weights.Linears.SelectMany(l => l.Branches).Any(b => b.Dropout > 0) ? Math.Max(F, C) : 0;

        // As the block takes them: two residuals, two roots, queries and results, keys and values, sums, gate and up; and what a backward pass
        // makes again, two norms' outputs and the hidden.
        long block = (2 * C) + 2 + (2 * Q) + (2 * KV) + shape.Heads + (2 * F) + ranks, again = (2 * C) + F;
        long kept = (shape.Layers * (training.Checkpointing ? C : block)) + (2 * C) + 1;
        long backward = again + (training.Checkpointing ? block - C : 0) + C + (3 * F) + C + (2 * Q) + (2 * KV) + rank + dropped;
        long logits = Math.Min(targets, LanguageLoss.RowsAtOnce(shape.VocabularySize)) * (C + shape.VocabularySize + 1);
        long scratch = (rows * C) + Math.Max(rows * backward, logits);
        long trained = parameters.Sum(p => (2 * sizeof(float) * p.Value.Count) + Moments.BytesFor(p.Value.Count, training.Optimizer))
            + network.Weights.Replacements.Sum(r => sizeof(float) * r.Target.Held.Count);
        long weights = network.Weights.Bytes;
        long held = weights + parameters.Where(p => p.Name.Contains(".lora_", StringComparison.Ordinal)).Sum(p => sizeof(float) * p.Value.Count);
        return new TrainingMemory(weights, trained, sizeof(float) * ((rows * kept) + scratch)) { Besides = Math.Max(0, PeakMemory.Now - held) };
    }

    /// <summary>Whether blocks are computed again in the backward pass: as the recipe says, or, where it leaves the choice, unless a run that keeps all
    /// activations needs at most a quarter of the free memory.</summary>
    /// <param name="network">The base, with what is trained on it.</param>
    /// <param name="parameters">What is trained.</param>
    /// <param name="rows">Rows of the largest micro-batch.</param>
    /// <param name="targets">Those of its rows that have a target.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="free">Bytes that are free before the run begins.</param>
    public static bool Checkpoints(DecoderNetwork network, IReadOnlyList<Parameter> parameters, long rows, long targets, Recipe recipe, long free)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (!recipe.Training.Checkpointing || !recipe.ChoosesCheckpointing)
        {
            return recipe.Training.Checkpointing;
        }

        TrainingMemory kept = Estimate(network, parameters, rows, targets, recipe.Training with { Checkpointing = false });
        return kept.Trained + kept.Activations > free / PlentyShare;
    }
}
