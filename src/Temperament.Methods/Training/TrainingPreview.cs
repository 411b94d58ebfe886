using Temperament.Models;
using Temperament.Models.Decoder;

namespace Temperament.Methods.Training;

/// <summary>A piece of a sample's text.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsTrained">Whether its tokens are targets.</param>
public sealed record PreviewPiece(string Text, bool IsTrained);

/// <summary>What a run is about to do, looked at before its first step: the mistakes that a falling loss does not show.</summary>
/// <param name="Samples">The first samples as text, cut where training begins and ends.</param>
/// <param name="StopShare">Share of all samples in which the token that ends the answer is trained.</param>
/// <param name="TargetShare">Share of all tokens that are trained.</param>
/// <param name="InitialLoss">Mean -log p of the targets of some samples before the first step, in nats.</param>
/// <param name="UniformLoss">ln V: what a model that knows nothing would have.</param>
/// <param name="Memory">Estimate of what the run needs.</param>
public sealed record TrainingPreview(
    IReadOnlyList<IReadOnlyList<PreviewPiece>> Samples, double StopShare, double TargetShare, double InitialLoss, double UniformLoss,
    TrainingMemory Memory)
{
    private const int ShownSamples = 3;
    private const int ScoredSamples = 16;

    /// <summary>Looks at a run.</summary>
    /// <param name="model">The base, with the fresh adapter on.</param>
    /// <param name="samples">All samples.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="trainedParameters">Number of numbers that are trained.</param>
    /// <exception cref="TrainingException">Nothing is trained in any sample.</exception>
    public static TrainingPreview Of(LanguageModel model, IReadOnlyList<TrainingSample> samples, Recipe recipe, long trainedParameters)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        long tokens = samples.Sum(s => (long)s.Sequence.Tokens.Length);
        long targets = samples.Sum(s => (long)s.Sequence.Targets!.Count(t => t != TokenBatch.NoTarget));
        if (targets == 0)
        {
            throw new TrainingException($"{samples.Count} samples were read and none has a token to train on. Check that the answers are not "
                + "empty and that the chat template renders them.");
        }

        return new TrainingPreview(
            [.. samples.Take(ShownSamples).Select(s => Pieces(model, s.Sequence))],
            (double)samples.Count(s => s.TrainsStop) / samples.Count,
            (double)targets / tokens,
            Score(model, samples),
            Math.Log(model.Config.VocabularySize),
            TrainingMemory.Estimate(model, samples, recipe, trainedParameters));
    }

    /// <summary>Mean -log p of the targets of the first samples, in nats.</summary>
    /// <param name="model">The model, with or without its adapter.</param>
    /// <param name="samples">All samples.</param>
    public static double Score(LanguageModel model, IReadOnlyList<TrainingSample> samples)
    {
        using var state = new DecoderState(keepsActivations: false);
        double sum = 0;
        int targets = 0;
        foreach (TrainingSample sample in samples.Take(ScoredSamples))
        {
            TokenBatch batch = TokenBatch.From([sample.Sequence]);
            sum += LanguageLoss.Score(model.Network, batch, state).Sum(loss => (double)loss);
            targets += batch.TargetCount;
        }

        return sum / Math.Max(1, targets);
    }

    // Row i predicts token i + 1, so token i + 1 is trained where row i has a target; the last target has no row of its own.
    private static List<PreviewPiece> Pieces(LanguageModel model, TokenSequence sequence)
    {
        int[] targets = sequence.Targets!;
        int[] tokens = targets[^1] == TokenBatch.NoTarget ? sequence.Tokens : [.. sequence.Tokens, targets[^1]];
        var pieces = new List<PreviewPiece>();
        for (int start = 0; start < tokens.Length;)
        {
            bool trained = start > 0 && targets[start - 1] != TokenBatch.NoTarget;
            int end = start + 1;
            while (end < tokens.Length && (targets[end - 1] != TokenBatch.NoTarget) == trained)
            {
                end++;
            }

            pieces.Add(new PreviewPiece(model.Tokenizer.Decode(tokens.AsSpan(start, end - start)), trained));
            start = end;
        }

        return pieces;
    }
}
