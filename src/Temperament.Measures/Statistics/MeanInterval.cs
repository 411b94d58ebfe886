using Temperament.Measures.Statistics.Distributions;

namespace Temperament.Measures.Statistics;

/// <summary>Confidence interval of a mean.</summary>
public static class MeanInterval
{
    /// <summary>Student's interval: mean plus and minus t sd / sqrt(n); missing for fewer than two values.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    public static Measured<Interval> Student(IReadOnlyList<double> values, double level = 0.95)
    {
        Sample.CheckFinite(values);
        if (values.Count < 2)
        {
            return new Missing("fewer than two values");
        }

        double mean = Sample.MeanOf(values);
        double half = StudentDistribution.UpperQuantile((1 - level) / 2, values.Count - 1)
            * Math.Sqrt(Sample.VarianceOf(values) / values.Count);
        return new Interval(mean, mean - half, mean + half, level);
    }
}
