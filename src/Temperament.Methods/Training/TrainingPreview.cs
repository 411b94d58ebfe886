using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>A piece of a sample's text.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsTrained">Whether its tokens are targets.</param>
public sealed record PreviewPiece(string Text, bool IsTrained);

/// <summary>What a run is about to do, looked at before its first step: the mistakes that a falling loss does not show.</summary>
/// <param name="Samples">The first samples as text, cut where training begins and ends.</param>
/// <param name="StopShare">Share of all samples in which the token that ends the answer is trained; NaN where batches do not say.</param>
/// <param name="TargetShare">Share of all tokens that are trained.</param>
/// <param name="InitialLoss">Mean -log p of the targets of some samples before the first step, in nats.</param>
/// <param name="UniformLoss">ln V: what a model that knows nothing would have.</param>
/// <param name="Memory">Estimate of what the run needs.</param>
public sealed record TrainingPreview(
    IReadOnlyList<IReadOnlyList<PreviewPiece>> Samples, double StopShare, double TargetShare, double InitialLoss, double UniformLoss,
    TrainingMemory Memory)
{
    private const int ShownSamples = 3;
    private const int ScoredSamples = 16, ScoredAtOnce = 4;
    private const int MeasuredSteps = 2000;
    private const double EnoughStops = 0.99;
    private const int CheckpointsAtOnce = 3;

    /// <summary>Why the result cannot be written as a GGUF adapter; null where it can.</summary>
    public string? NoExport { get; init; }

    /// <summary>Whether blocks are computed again in the backward pass, so that their activations need not be kept.</summary>
    public bool Checkpoints { get; init; }

    /// <summary>Largest rank of a branch, which other servers limit; 0 where all weights are trained.</summary>
    public int LargestRank { get; init; }

    /// <summary>Bytes that the folder of the run will need at most.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Mean -log p of the targets of the first sequences, in nats.</summary>
    /// <param name="model">The model, with or without its adapter.</param>
    /// <param name="sequences">The sequences.</param>
    /// <param name="most">How many of them are scored.</param>
    public static double Score(LanguageModel model, IEnumerable<TokenSequence> sequences, int most = ScoredSamples)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        using var state = new DecoderState(keepsActivations: false);
        double sum = 0;
        int targets = 0;
        foreach (TokenSequence[] some in sequences.Take(most).Chunk(ScoredAtOnce))
        {
            TokenBatch batch = TokenBatch.From(some);
            sum += LanguageLoss.Score(model.Network, batch, state).Sum(loss => (double)loss);
            targets += batch.TargetCount;
        }

        return sum / Math.Max(1, targets);
    }

    /// <summary>Refuses a run that cannot come to a good end.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="freeBytes">Free bytes of the disk of a folder; null for the disk itself.</param>
    /// <exception cref="TrainingException">Stop tokens are missing, the loss is not finite, or the disk has no room.</exception>
    public void RequireSound(Recipe recipe, Func<string, long>? freeBytes = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        if (recipe.TrainsStopToken && StopShare < EnoughStops)
        {
            throw new TrainingException($"The token that ends an answer is trained in {StopShare:P1} of the samples; expected at least {EnoughStops:P0}. "
                + "The model would not learn to stop. Check the chat template and long samples, or set stopToken to \"masked\" if that is meant.");
        }

        if (!double.IsFinite(InitialLoss))
        {
            throw new TrainingException($"The loss before the first step is {InitialLoss}; expected a number near or below {UniformLoss:f2}. "
                + "The weights of the base or of the adapter are damaged.");
        }

        long free = (freeBytes ?? Free)(recipe.Out);
        if (free < DiskBytes)
        {
            throw new TrainingException($"{recipe.Out}: {free:N0} bytes are free on its disk; the run needs about {DiskBytes:N0} for checkpoints and the "
                + "result. Free some space, or give another folder with --out.");
        }
    }

    internal static TrainingPreview Of(LanguageModel model, TrainingData data, Recipe recipe, IStepSource source, TrainingSubject subject)
    {
        TokenSequence[] sequences = [.. data.Sequences];
        long tokens = sequences.Sum(s => (long)s.Tokens.Length), targets = sequences.Sum(s => (long)s.Targets!.Count(t => t != TokenBatch.NoTarget));
        if (targets == 0)
        {
            throw new TrainingException($"{sequences.Length} samples were read and none has a token to train on. Check that the answers are not "
                + "empty and that the chat template renders them.");
        }

        RequireContext(model, sequences);
        TokenBatch largest = Enumerable.Range(0, Math.Min(MeasuredSteps, source.Steps)).SelectMany(source.At).Select(b => b.Tokens).MaxBy(b => b.Rows)!;
        bool checkpoints = TrainingMemory.Checkpoints(model.Network, subject.Parameters, largest.Rows, largest.TargetCount, recipe, NativeBuffers.Available);
        return new TrainingPreview(
            [.. sequences.Take(ShownSamples).Select(s => Pieces(model, s))],
            data.StopShare,
            (double)targets / tokens,
            Score(model, sequences),
            Math.Log(model.Config.VocabularySize),
            TrainingMemory.Estimate(
                model.Network, subject.Parameters, largest.Rows, largest.TargetCount, recipe.Training with { Checkpointing = checkpoints }))
        {
            Checkpoints = checkpoints,
            NoExport = WhyNoExport(subject),
            LargestRank = subject.Adapter?.Branches.Select(b => b.Branch.Rank).DefaultIfEmpty(0).Max() ?? 0,
            DiskBytes = (CheckpointsAtOnce * 3 * subject.SavedBytes) + (2 * subject.SavedBytes),
        };
    }

    private static string? WhyNoExport(TrainingSubject subject) => subject.Adapter is not { } adapter
        ? "all weights are trained, so the result is a model"
        : adapter.Replacements.Count > 0 ? $"{adapter.Replacements[0].Target.Name} is trained whole, and GGUF adapters hold low-rank branches only" : null;

    private static void RequireContext(LanguageModel model, TokenSequence[] sequences)
    {
        TokenSequence longest = sequences.MaxBy(s => s.Tokens.Length)!;
        if (longest.Tokens.Length > model.Config.MaxPositions)
        {
            throw new TrainingException($"A sample has {longest.Tokens.Length} tokens and the model was made for {model.Config.MaxPositions}. "
                + "Set data.longSamples to \"skip\" or \"cut\".");
        }
    }

    private static long Free(string folder)
    {
        DirectoryInfo? place = new(folder);
        while (place is { Exists: false })
        {
            place = place.Parent;
        }

        return place is null ? long.MaxValue : new DriveInfo(place.FullName).AvailableFreeSpace;
    }

    // Row i predicts token i + 1, so token i + 1 is trained where row i has a target; the last target has no row of its own.
    private static List<PreviewPiece> Pieces(LanguageModel model, TokenSequence sequence)
    {
        bool hasText = TrainingInputs.HasTokenizer(model);
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

            ReadOnlySpan<int> piece = tokens.AsSpan(start, end - start);
            pieces.Add(new PreviewPiece(hasText ? model.Tokenizer.Decode(piece) : string.Join(' ', piece.ToArray()), trained));
            start = end;
        }

        return pieces;
    }
}
