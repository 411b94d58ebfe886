using System.Buffers.Binary;
using System.Security.Cryptography;
using Temperament.Models.Decoder;

namespace Temperament.Methods.Training;

/// <summary>What a run is trained and validated on: samples, pairs of samples of which one is preferred, or given batches.</summary>
public sealed class TrainingData
{
    private readonly IReadOnlyList<TrainingSample> _rejected;

    private TrainingData(
        IReadOnlyList<TrainingSample> samples, IReadOnlyList<TrainingSample> rejected, IReadOnlyList<TrainingSample> validation, GivenBatches? given)
    {
        (Samples, _rejected, Validation, Given) = (samples, rejected, validation, given);
    }

    /// <summary>The samples, or those that are preferred; empty where batches are given.</summary>
    public IReadOnlyList<TrainingSample> Samples { get; }

    /// <summary>Samples that are scored and never trained.</summary>
    public IReadOnlyList<TrainingSample> Validation { get; }

    /// <summary>Batches of another trainer; null where samples are trained.</summary>
    public GivenBatches? Given { get; }

    /// <summary>Whether preferences are trained.</summary>
    public bool HasPairs => _rejected.Count > 0 || (Given?.At(0).Any(batch => batch.Pairs > 0) ?? false);

    /// <summary>Sequences to look at: the samples, or the rows of the first given steps.</summary>
    public IEnumerable<TokenSequence> Sequences => Given is null
        ? Samples.Concat(_rejected).Select(s => s.Sequence)
        : Enumerable.Range(0, Given.Steps).SelectMany(Given.At).SelectMany(Split);

    /// <summary>Share of the samples whose stop token is trained; NaN where batches are given, which do not say.</summary>
    public double StopShare => Given is null ? (double)Samples.Count(s => s.TrainsStop) / Math.Max(1, Samples.Count) : double.NaN;

    /// <summary>SHA-256 over tokens and targets of all samples in order, or over the file of given batches, in hexadecimal.</summary>
    public string Hash => Given?.Hash ?? HashOf([.. Samples, .. _rejected, .. Validation]);

    /// <summary>Plain samples.</summary>
    /// <param name="samples">Samples to train.</param>
    /// <param name="validation">Samples to score only; null for none.</param>
    public static TrainingData Of(IReadOnlyList<TrainingSample> samples, IReadOnlyList<TrainingSample>? validation = null) =>
        new(samples, [], validation ?? [], null);

    /// <summary>Preference pairs.</summary>
    /// <param name="chosen">Samples of the answers that are preferred.</param>
    /// <param name="rejected">The other answer to the same prompt, in the same order.</param>
    public static TrainingData OfPairs(IReadOnlyList<TrainingSample> chosen, IReadOnlyList<TrainingSample> rejected) => new(chosen, rejected, [], null);

    /// <summary>Batches of another trainer.</summary>
    /// <param name="batches">The batches.</param>
    public static TrainingData Of(GivenBatches batches) => new([], [], [], batches);

    /// <summary>The steps of a run.</summary>
    /// <param name="config">Batch size, order and number of steps.</param>
    /// <exception cref="TrainingException">No sample has a token to train on.</exception>
    public IStepSource Steps(TrainingConfig config) => Given
        ?? (_rejected.Count > 0
            ? SampleSteps.OfPairs([.. Samples.Select(s => s.Sequence)], [.. _rejected.Select(s => s.Sequence)], config)
            : (IStepSource)SampleSteps.Of([.. Samples.Select(s => s.Sequence)], config));

    private static IEnumerable<TokenSequence> Split(MicroBatch batch)
    {
        TokenBatch tokens = batch.Tokens;
        return Enumerable.Range(0, tokens.Sequences).Select(s => new TokenSequence(
            tokens.Tokens[tokens.Starts[s]..tokens.Starts[s + 1]], tokens.Targets[tokens.Starts[s]..tokens.Starts[s + 1]]));
    }

    private static string HashOf(IReadOnlyList<TrainingSample> samples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> word = stackalloc byte[sizeof(int)];
        foreach (TrainingSample sample in samples)
        {
            BinaryPrimitives.WriteInt32LittleEndian(word, sample.Sequence.Tokens.Length);
            hash.AppendData(word);
            foreach (int number in sample.Sequence.Tokens.Concat(sample.Sequence.Targets!))
            {
                BinaryPrimitives.WriteInt32LittleEndian(word, number);
                hash.AppendData(word);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
