using Temperament.Measures.Statistics.Distributions;

namespace Temperament.Measures.Statistics;

/// <summary>Correlations of two lists of numbers of the same cases.</summary>
public static class Correlation
{
    /// <summary>Pearson's r with its two-sided p from t with n - 2 degrees of freedom.</summary>
    /// <param name="x">First values.</param>
    /// <param name="y">Second values of the same cases.</param>
    /// <returns>Missing for fewer than two pairs or where one list does not vary.</returns>
    public static Measured<CorrelationResult> Pearson(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Sample.CheckPairs(x, y);
        int n = x.Count;
        if (n < 2)
        {
            return new Missing("fewer than two pairs");
        }

        double meanX = Sample.MeanOf(x), meanY = Sample.MeanOf(y), xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < n; i++)
        {
            double dx = x[i] - meanX, dy = y[i] - meanY;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }

        if (xx == 0 || yy == 0)
        {
            return new Missing("no variance");
        }

        double r = xy / (Math.Sqrt(xx) * Math.Sqrt(yy));
        r = Math.Abs(r) > 1 - 1e-15 ? Math.Sign(r) : r;
        return n == 2 ? new CorrelationResult(r, new Missing("two points")) : new CorrelationResult(r, P(r, Unexplained(), n));

        double Unexplained()
        {
            double slope = xy / xx, rest = 0;
            for (int i = 0; i < n; i++)
            {
                double residual = y[i] - meanY - (slope * (x[i] - meanX));
                rest += residual * residual;
            }

            return rest / yy;
        }
    }

    /// <summary>Spearman's rho: Pearson's r of the mid-ranks.</summary>
    /// <param name="x">First values.</param>
    /// <param name="y">Second values of the same cases.</param>
    /// <returns>Missing for fewer than two pairs or where one list does not vary.</returns>
    public static Measured<CorrelationResult> Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Sample.CheckPairs(x, y);
        return Pearson(Sample.Ranks(x), Sample.Ranks(y));
    }

    /// <summary>Fisher's interval of Pearson's r: tanh(atanh r ± z / sqrt(n - 3)); missing for fewer than four pairs.</summary>
    /// <param name="x">First values.</param>
    /// <param name="y">Second values of the same cases.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    public static Measured<Interval> PearsonInterval(IReadOnlyList<double> x, IReadOnlyList<double> y, double level = 0.95)
    {
        Measured<CorrelationResult> pearson = Pearson(x, y);
        if (!pearson.TryGet(out CorrelationResult result))
        {
            return new Missing(pearson.Reason!);
        }

        if (x.Count < 4)
        {
            return new Missing("fewer than four pairs");
        }

        double r = result.Estimate;
        if (Math.Abs(r) == 1)
        {
            return new Interval(r, r, r, level);
        }

        double half = NormalDistribution.UpperQuantile((1 - level) / 2) / Math.Sqrt(x.Count - 3);
        double centre = Math.Atanh(r);
        return new Interval(r, Math.Tanh(centre - half), Math.Tanh(centre + half), level);
    }

    /// <summary>Two-sided p; the unexplained share 1 - r^2 comes from the residuals, since r near 1 has lost its digits.</summary>
    private static double P(double r, double rest, int n) =>
        Math.Abs(r) == 1 ? 0 : 2 * StudentDistribution.Above(Math.Abs(r) * Math.Sqrt((n - 2) / rest), n - 2);
}
