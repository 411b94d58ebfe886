using Temperament.Measures.Statistics;
using Temperament.Tensors.Random;

namespace Temperament.Measures.Metrics;

/// <summary>
/// One metric of a set of answers: what it is, and how the rows of each answer are found. A metric is the mean over the rows of all answers;
/// an answer has one row, or one per sentence, or none where it cannot be scored.
/// </summary>
/// <param name="Id">Name in files and commands, as in "emoji-rate".</param>
/// <param name="Title">Name in tables.</param>
/// <param name="Unit">What a value is measured in.</param>
/// <param name="Definition">The definition, in one sentence.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="IsShare">True where each answer has one row of 0 or 1, so that the interval is Wilson's.</param>
/// <param name="Rows">Rows of each answer; missing where the input lacks what the metric needs.</param>
public sealed record MetricDefinition(
    string Id,
    string Title,
    string Unit,
    string Definition,
    string Source,
    bool IsShare,
    Func<MetricInput, Measured<IReadOnlyList<IReadOnlyList<double>>>> Rows)
{
    private const int Resamples = 2000;

    /// <summary>Computes the metric with a 95 % interval: Wilson's for shares, else the percentile bootstrap over answers.</summary>
    /// <param name="input">The answers.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    public MetricValue Compute(MetricInput input, long seed)
    {
        ArgumentNullException.ThrowIfNull(input);
        Measured<IReadOnlyList<IReadOnlyList<double>>> found = Rows(input);
        if (!found.TryGet(out IReadOnlyList<IReadOnlyList<double>>? rows))
        {
            return new MetricValue(Id, new Missing(found.Reason!), input.Answers.Count, input.Answers.Count);
        }

        int missing = rows.Count(row => row.Count == 0);
        return new MetricValue(Id, Value(rows, rows.Count - missing, seed), rows.Count, missing);
    }

    private Measured<Interval> Value(IReadOnlyList<IReadOnlyList<double>> rows, int scored, long seed)
    {
        if (scored == 0)
        {
            return new Missing("no answer could be scored");
        }

        if (IsShare)
        {
            return ProportionInterval.Wilson(rows.Count(row => row.Count == 1 && row[0] == 1), scored);
        }

        IReadOnlyList<double>[] present = [.. rows.Where(row => row.Count > 0)];
        var stream = new RandomStream(seed, $"bootstrap/{Id}");
        return Bootstrap.ClusteredMean(present, Resampling.Draw(stream, Resamples, present.Length)).Select(b => b.Percentile());
    }
}
