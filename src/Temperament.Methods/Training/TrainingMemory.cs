using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>Bytes that a run is expected to need.</summary>
/// <param name="Weights">The base.</param>
/// <param name="Trained">What is trained: numbers, gradients and AdamW's two moments.</param>
/// <param name="Activations">The largest micro-batch of a forward and backward pass.</param>
public sealed record TrainingMemory(long Weights, long Trained, long Activations)
{
    // Rows of logits that are made at once, and copies of them.
    private const int LogitRows = 256, LogitCopies = 1;

    // Numbers of scratch a row besides what is kept, as multiples of the hidden and the MLP width.
    private const int HiddenScratch = 6, FeedForwardScratch = 3;

    /// <summary>All of it.</summary>
    public long Total => Weights + Trained + Activations;

    /// <summary>Estimates a run.</summary>
    /// <param name="model">The base.</param>
    /// <param name="samples">All samples.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="trainedParameters">Number of numbers that are trained.</param>
    public static TrainingMemory Estimate(LanguageModel model, IReadOnlyList<TrainingSample> samples, Recipe recipe, long trainedParameters)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(recipe);
        DecoderConfig shape = model.Config;
        TrainingConfig training = recipe.Training;
        int sequences = training.MicroBatchSize > 0 ? Math.Min(training.MicroBatchSize, training.BatchSize) : training.BatchSize;
        long rows = samples.Select(s => (long)s.Sequence.Tokens.Length).OrderDescending().Take(sequences).Sum();
        long C = shape.HiddenSize, F = shape.FeedForwardSize, Q = (long)shape.Heads * shape.HeadSize, KV = 2L * shape.KeyValueHeads * shape.HeadSize;
        long kept = shape.Layers * ((4 * C) + (2 * Q) + KV + shape.Heads + (3 * F) + (7L * recipe.Lora.Rank) + 2);
        long scratch = (HiddenScratch * C) + (FeedForwardScratch * F);
        long logits = (long)LogitCopies * Math.Min(rows, LogitRows) * shape.VocabularySize;
        return new TrainingMemory(WeightBytes(model), 4 * sizeof(float) * trainedParameters, sizeof(float) * ((rows * (kept + scratch)) + logits));
    }

    private static long WeightBytes(LanguageModel model)
    {
        DecoderWeights weights = model.Network.Weights;
        long linears = weights.Linears.Sum(l => (long)l.Weight.Outputs * l.Weight.Inputs);
        WeightFormat format = weights.Linears.First().Weight.Format;
        double perNumber = format == WeightFormat.F32 ? sizeof(float)
            : format == WeightFormat.Bf16 ? sizeof(ushort)
            : model.Quantization == BaseQuantization.Nf4Double ? 0.5 + (1.0 / 64) + (4.0 / 64 / 256)
            : 0.5 + (4.0 / 64);
        return (long)(linears * perNumber) + (sizeof(float) * (model.Config.ParameterCount - linears));
    }
}
