namespace Temperament.Measures.Statistics;

/// <summary>Descriptions of one sample of numbers, summed in the order given.</summary>
public static class Sample
{
    /// <summary>Mean; missing for an empty sample.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static Measured<double> Mean(IReadOnlyList<double> values)
    {
        CheckFinite(values);
        return values.Count == 0 ? new Missing("empty sample") : MeanOf(values);
    }

    /// <summary>Standard deviation with n - 1; missing for fewer than two values.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static Measured<double> StandardDeviation(IReadOnlyList<double> values)
    {
        CheckFinite(values);
        return values.Count < 2 ? new Missing("fewer than two values") : Math.Sqrt(VarianceOf(values));
    }

    /// <summary>Median, the mean of the two middle values where their number is even; missing for an empty sample.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static Measured<double> Median(IReadOnlyList<double> values)
    {
        CheckFinite(values);
        return values.Count == 0 ? new Missing("empty sample") : Quantile([.. values.Order()], 0.5);
    }

    /// <summary>Ranks from 1, ties sharing their mean rank.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static IReadOnlyList<double> Ranks(IReadOnlyList<double> values)
    {
        CheckFinite(values);
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var ranks = new double[values.Count];
        for (int from = 0; from < order.Length;)
        {
            int to = from;
            while (to + 1 < order.Length && values[order[to + 1]] == values[order[from]])
            {
                to++;
            }

            for (int i = from; i <= to; i++)
            {
                ranks[order[i]] = 1 + ((from + to) / 2.0);
            }

            from = to + 1;
        }

        return ranks;
    }

    /// <summary>Quantile of sorted values by linear interpolation between order statistics (type 7 of Hyndman and Fan).</summary>
    /// <param name="sorted">At least one value, in ascending order.</param>
    /// <param name="q">Share of the values below, 0 to 1.</param>
    /// <exception cref="ArgumentException">No values.</exception>
    public static double Quantile(ReadOnlySpan<double> sorted, double q)
    {
        if (sorted.IsEmpty)
        {
            throw new ArgumentException("No values to take a quantile of.", nameof(sorted));
        }

        double place = q * (sorted.Length - 1);
        int below = Math.Clamp((int)Math.Floor(place), 0, sorted.Length - 1);
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }

    internal static double MeanOf(IReadOnlyList<double> values)
    {
        double sum = 0;
        for (int i = 0; i < values.Count; i++)
        {
            sum += values[i];
        }

        return sum / values.Count;
    }

    internal static double VarianceOf(IReadOnlyList<double> values)
    {
        double mean = MeanOf(values), sum = 0;
        for (int i = 0; i < values.Count; i++)
        {
            sum += (values[i] - mean) * (values[i] - mean);
        }

        return sum / (values.Count - 1);
    }

    internal static double[] Differences(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        CheckPairs(x, y);
        var differences = new double[x.Count];
        for (int i = 0; i < differences.Length; i++)
        {
            differences[i] = x[i] - y[i];
        }

        return differences;
    }

    internal static void CheckPairs(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        CheckFinite(x);
        CheckFinite(y);
        if (x.Count != y.Count)
        {
            throw new ArgumentException($"Pairs need samples of one length; the first has {x.Count}, the second {y.Count}.", nameof(y));
        }
    }

    internal static void CheckFinite(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        for (int i = 0; i < values.Count; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"A sample holds finite numbers; number {i} is {values[i]}. Leave missing values out and report how many.",
                    nameof(values));
            }
        }
    }
}
