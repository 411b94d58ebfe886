using Temperament.Measures.Statistics.Distributions;

namespace Temperament.Measures.Statistics;

/// <summary>A statistic of a sample and of its resamples, and the intervals that follow.</summary>
public sealed class BootstrapDistribution
{
    private readonly double[] _sorted;
    private readonly Measured<double> _acceleration;

    internal BootstrapDistribution(double estimate, double[] statistics, Measured<double> acceleration)
    {
        Estimate = estimate;
        StandardError = statistics.Length < 2 ? new Missing("one resample") : Math.Sqrt(Sample.VarianceOf(statistics));
        _sorted = [.. statistics.Order()];
        _acceleration = acceleration;
    }

    /// <summary>The statistic of the sample itself.</summary>
    public double Estimate { get; }

    /// <summary>Standard deviation of the statistic over the resamples.</summary>
    public Measured<double> StandardError { get; }

    /// <summary>Number of resamples, B.</summary>
    public int Resamples => _sorted.Length;

    /// <summary>The percentile interval: the quantiles (1 - level)/2 and (1 + level)/2 of the resamples.</summary>
    /// <param name="level">Confidence level in (0, 1).</param>
    public Interval Percentile(double level = 0.95) =>
        new(Estimate, Sample.Quantile(_sorted, (1 - level) / 2), Sample.Quantile(_sorted, (1 + level) / 2), level);

    /// <summary>
    /// The bias-corrected and accelerated interval (Efron 1987). The bias z0 takes the mean of the shares of resamples below, and at or
    /// below, the estimate, which matters for outcomes of 0 and 1.
    /// </summary>
    /// <param name="level">Confidence level in (0, 1).</param>
    /// <returns>Missing where all resamples agree, all lie on one side of the estimate, or leaving one case out changes nothing.</returns>
    public Measured<Interval> BiasCorrected(double level = 0.95)
    {
        if (_sorted[0] == _sorted[^1])
        {
            return new Missing("all resamples give the same value");
        }

        if (!_acceleration.TryGet(out double acceleration))
        {
            return new Missing(_acceleration.Reason!);
        }

        double share = (_sorted.Count(t => t < Estimate) + _sorted.Count(t => t <= Estimate)) / (2.0 * _sorted.Length);
        if (share is 0 or 1)
        {
            return new Missing("all resamples lie on one side of the estimate");
        }

        double bias = NormalDistribution.Quantile(share), z = NormalDistribution.UpperQuantile((1 - level) / 2);
        return new Interval(Estimate, At(bias - z), At(bias + z), level);

        double At(double end) => Sample.Quantile(_sorted, NormalDistribution.Below(bias + (end / (1 - (acceleration * end)))));
    }
}
