using Temperament.Measures.Statistics.Distributions;

namespace Temperament.Measures.Statistics;

/// <summary>Sizes of differences, free of units.</summary>
public static class EffectSize
{
    /// <summary>Cohen's d of two independent samples: difference of means over the pooled deviation (n - 1).</summary>
    /// <param name="x">First sample.</param>
    /// <param name="y">Second sample; d is positive where the first is larger.</param>
    /// <returns>0 where means are equal and nothing varies; missing where only nothing varies, or a sample has fewer than two values.</returns>
    public static Measured<double> CohenD(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Sample.CheckFinite(x);
        Sample.CheckFinite(y);
        if (x.Count == 0 || y.Count == 0 || x.Count + y.Count < 3)
        {
            return new Missing(x.Count == 0 || y.Count == 0 ? "empty sample" : "fewer than two values");
        }

        double squares = SumOfSquares(x) + SumOfSquares(y);
        return Ratio(Sample.MeanOf(x) - Sample.MeanOf(y), Math.Sqrt(squares / (x.Count + y.Count - 2)));
    }

    /// <summary>Hedges' g: Cohen's d times its exact small-sample correction J.</summary>
    /// <param name="x">First sample.</param>
    /// <param name="y">Second sample.</param>
    public static Measured<double> HedgesG(IReadOnlyList<double> x, IReadOnlyList<double> y) =>
        CohenD(x, y).Select(d => d * HedgesCorrection(x.Count + y.Count - 2));

    /// <summary>J = gamma(v/2) / (sqrt(v/2) gamma((v - 1)/2)) of v degrees of freedom (Hedges 1981); at v = 1 it is 0.</summary>
    /// <param name="degrees">v, at least 1.</param>
    public static double HedgesCorrection(int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        if (degrees == 1)
        {
            return 0;
        }

        double a = degrees / 2.0, b = a - 0.5;
        double log = ((b - 0.5) * GammaFunction.LogOnePlus(0.5 / b)) - 0.5
            + GammaFunction.StirlingError(a) - GammaFunction.StirlingError(b);
        return Math.Exp(log);
    }

    /// <summary>Glass's delta: difference of means over the deviation of the second sample, the control.</summary>
    /// <param name="x">Treated sample.</param>
    /// <param name="y">Control sample.</param>
    public static Measured<double> GlassDelta(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Sample.CheckFinite(x);
        Sample.CheckFinite(y);
        return x.Count == 0 || y.Count < 2
            ? new Missing("fewer than two values")
            : Ratio(Sample.MeanOf(x) - Sample.MeanOf(y), Math.Sqrt(Sample.VarianceOf(y)));
    }

    /// <summary>Cohen's d of pairs, dz: mean difference over the deviation of the differences.</summary>
    /// <param name="x">First values.</param>
    /// <param name="y">Second values of the same cases.</param>
    public static Measured<double> PairedD(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double[] differences = Sample.Differences(x, y);
        return differences.Length < 2
            ? new Missing("fewer than two pairs")
            : Ratio(Sample.MeanOf(differences), Math.Sqrt(Sample.VarianceOf(differences)));
    }

    /// <summary>Mean difference of pairs over the root mean square of the two deviations, d_av.</summary>
    /// <param name="x">First values.</param>
    /// <param name="y">Second values of the same cases.</param>
    public static Measured<double> PairedAverageD(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double[] differences = Sample.Differences(x, y);
        return differences.Length < 2
            ? new Missing("fewer than two pairs")
            : Ratio(Sample.MeanOf(differences), Math.Sqrt((Sample.VarianceOf(x) + Sample.VarianceOf(y)) / 2));
    }

    /// <summary>Cliff's delta: the share of pairs with x > y less the share with x &lt; y, from -1 to 1.</summary>
    /// <param name="x">First sample.</param>
    /// <param name="y">Second sample.</param>
    public static Measured<double> CliffDelta(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Sample.CheckFinite(x);
        Sample.CheckFinite(y);
        if (x.Count == 0 || y.Count == 0)
        {
            return new Missing("empty sample");
        }

        double[] sorted = [.. y.Order()];
        long balance = 0;
        foreach (double value in x)
        {
            int below = FirstAtLeast(sorted, value), notAbove = FirstAbove(sorted, value);
            balance += below - (sorted.Length - notAbove);
        }

        return balance / ((double)x.Count * y.Count);
    }

    private static double SumOfSquares(IReadOnlyList<double> values) =>
        values.Count < 2 ? 0 : Sample.VarianceOf(values) * (values.Count - 1);

    private static Measured<double> Ratio(double difference, double deviation) =>
        deviation > 0 ? difference / deviation
        : difference == 0 ? 0.0
        : new Missing("no variance");

    private static int FirstAtLeast(double[] sorted, double value) => Search(sorted, x => x >= value);

    private static int FirstAbove(double[] sorted, double value) => Search(sorted, x => x > value);

    private static int Search(double[] sorted, Predicate<double> holds)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = holds(sorted[middle]) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
