using Temperament.Tensors.Random;

namespace Temperament.Methods.Training;

/// <summary>Which samples each step takes: a function of the seed and the step alone, so that a resumed run goes on with the same ones.</summary>
public sealed class SampleOrder
{
    // Steps whose samples are sorted together under grouping by length; the steps are then shuffled again.
    private const int GroupedSteps = 50;

    private readonly IReadOnlyList<int> _lengths;
    private readonly TrainingConfig _config;
    private readonly int _stepsPerEpoch;
    private int _epoch = -1;
    private int[][] _steps = [];

    /// <summary>Makes the order of a run.</summary>
    /// <param name="lengths">Number of tokens of each sample.</param>
    /// <param name="config">Batch size, grouping and seed.</param>
    public SampleOrder(IReadOnlyList<int> lengths, TrainingConfig config)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(lengths.Count, 1);
        _lengths = lengths;
        _config = config;
        _stepsPerEpoch = (lengths.Count + config.BatchSize - 1) / config.BatchSize;
    }

    /// <summary>The samples of one step.</summary>
    /// <param name="step">Step, from 0.</param>
    /// <returns>Their numbers, from 0.</returns>
    public IReadOnlyList<int> At(int step)
    {
        int epoch = step / _stepsPerEpoch;
        if (epoch != _epoch)
        {
            _steps = Arrange(epoch);
            _epoch = epoch;
        }

        return _steps[step % _stepsPerEpoch];
    }

    private int[][] Arrange(int epoch)
    {
        var random = new RandomStream(_config.Seed, $"order/epoch{epoch}");
        int[] order = [.. Enumerable.Range(0, _lengths.Count)];
        random.Shuffle<int>(order);
        if (_config.GroupByLength)
        {
            int[] sorted = [.. order.Chunk(_config.BatchSize * GroupedSteps).SelectMany(g => g.OrderBy(i => _lengths[i]))];
            int[][] grouped = [.. sorted.Chunk(_config.BatchSize)];
            random.Shuffle<int[]>(grouped);
            return grouped;
        }

        return [.. order.Chunk(_config.BatchSize)];
    }
}
