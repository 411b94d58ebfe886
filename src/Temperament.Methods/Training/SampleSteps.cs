using Temperament.Models.Decoder;

namespace Temperament.Methods.Training;

/// <summary>Steps over samples, or over pairs of a chosen and a rejected sample, in the order of the seed.</summary>
public sealed class SampleSteps : IStepSource
{
    private readonly IReadOnlyList<TokenSequence> _samples;
    private readonly IReadOnlyList<TokenSequence>? _rejected;
    private readonly IReadOnlyList<IReadOnlyList<int>> _units;
    private readonly TrainingConfig _config;
    private readonly SampleOrder _order;

    private SampleSteps(IReadOnlyList<TokenSequence> samples, IReadOnlyList<TokenSequence>? rejected, TrainingConfig config)
    {
        _samples = samples;
        _rejected = rejected;
        _config = config;
        int[] lengths = [.. samples.Select((s, i) => s.Tokens.Length + (rejected?[i].Tokens.Length ?? 0))];
        _units = config.PackTokens > 0 && rejected is null
            ? SamplePacking.Pack(lengths, config.PackTokens)
            : [.. Enumerable.Range(0, samples.Count).Select(i => new[] { i })];
        _order = new SampleOrder([.. _units.Select(unit => unit.Sum(i => lengths[i]))], config);
        Steps = config.StepsFor(_units.Count);
    }

    /// <inheritdoc/>
    public int Steps { get; }

    /// <summary>Packs that the samples were put into; as many as samples without packing.</summary>
    public int Units => _units.Count;

    /// <summary>Steps over samples.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="config">Batch size, packing, grouping, seed and number of steps.</param>
    /// <exception cref="TrainingException">No sample has a token to train on.</exception>
    public static SampleSteps Of(IReadOnlyList<TokenSequence> samples, TrainingConfig config)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(config);
        if (!samples.Any(s => s.Targets is { } t && t.Any(target => target != TokenBatch.NoTarget)))
        {
            throw new TrainingException($"{samples.Count} samples were given and none has a token to train on. Check the data and which "
                + "part of a sample is trained.");
        }

        return new SampleSteps(samples, null, config);
    }

    /// <summary>Steps over preference pairs.</summary>
    /// <param name="chosen">Samples of the answers that are preferred; their targets are scored.</param>
    /// <param name="rejected">As many samples of the others.</param>
    /// <param name="config">Batch size in pairs, grouping, seed and number of steps.</param>
    public static SampleSteps OfPairs(IReadOnlyList<TokenSequence> chosen, IReadOnlyList<TokenSequence> rejected, TrainingConfig config)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        ArgumentNullException.ThrowIfNull(rejected);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rejected.Count, chosen.Count);
        return new SampleSteps(chosen, rejected, config);
    }

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> At(int step)
    {
        int micro = _config.MicroBatchSize > 0 ? _config.MicroBatchSize : _config.BatchSize;
        return [.. _order.At(step).Chunk(micro).Select(units =>
        {
            int[] samples = [.. units.SelectMany(unit => _units[unit])];
            IEnumerable<TokenSequence> rows = samples.Select(i => _samples[i]);
            return _rejected is null
                ? new MicroBatch(TokenBatch.From([.. rows]))
                : new MicroBatch(TokenBatch.From([.. rows, .. samples.Select(i => _rejected[i])])) { Pairs = samples.Length };
        })];
    }
}
