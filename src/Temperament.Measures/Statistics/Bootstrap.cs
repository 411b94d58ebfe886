namespace Temperament.Measures.Statistics;

/// <summary>
/// Bootstrap of statistics from given resamples (see <see cref="Resampling"/>), so that the same indices give the same bytes.
/// </summary>
public static class Bootstrap
{
    /// <summary>A statistic of one sample.</summary>
    /// <param name="values">Finite numbers, n.</param>
    /// <param name="statistic">What to compute.</param>
    /// <param name="indices">B rows of n indices.</param>
    /// <returns>Missing for an empty sample.</returns>
    public static Measured<BootstrapDistribution> OneSample(IReadOnlyList<double> values, Statistic statistic, IReadOnlyList<int[]> indices)
    {
        Sample.CheckFinite(values);
        ArgumentNullException.ThrowIfNull(statistic);
        CheckResamples(indices);
        if (values.Count == 0)
        {
            return new Missing("empty sample");
        }

        double[] all = [.. values];
        return new BootstrapDistribution(statistic(all), Resample(all, statistic, indices), Acceleration(Jackknife(all, statistic)));
    }

    /// <summary>The mean of one sample.</summary>
    /// <param name="values">Finite numbers, n.</param>
    /// <param name="indices">B rows of n indices.</param>
    /// <returns>Missing for an empty sample.</returns>
    public static Measured<BootstrapDistribution> Mean(IReadOnlyList<double> values, IReadOnlyList<int[]> indices) =>
        OneSample(values, Mean, indices);

    /// <summary>The mean difference of pairs, first minus second; a pair is drawn as a whole.</summary>
    /// <param name="x">First values.</param>
    /// <param name="y">Second values of the same cases.</param>
    /// <param name="indices">B rows of n indices.</param>
    /// <returns>Missing for an empty sample.</returns>
    public static Measured<BootstrapDistribution> PairedDifference(
        IReadOnlyList<double> x, IReadOnlyList<double> y, IReadOnlyList<int[]> indices) =>
        OneSample(Sample.Differences(x, y), Mean, indices);

    /// <summary>The difference of the means of two independent samples, first minus second.</summary>
    /// <param name="x">First sample.</param>
    /// <param name="y">Second sample.</param>
    /// <param name="indicesX">B rows of indices into the first.</param>
    /// <param name="indicesY">B rows of indices into the second.</param>
    /// <returns>Missing where a sample is empty.</returns>
    public static Measured<BootstrapDistribution> TwoSampleDifference(
        IReadOnlyList<double> x, IReadOnlyList<double> y, IReadOnlyList<int[]> indicesX, IReadOnlyList<int[]> indicesY)
    {
        Sample.CheckFinite(x);
        Sample.CheckFinite(y);
        CheckResamples(indicesX);
        CheckResamples(indicesY);
        ArgumentOutOfRangeException.ThrowIfNotEqual(indicesY.Count, indicesX.Count, nameof(indicesY));
        if (x.Count == 0 || y.Count == 0)
        {
            return new Missing("empty sample");
        }

        double[] first = [.. x], second = [.. y];
        double[] ofFirst = Resample(first, Mean, indicesX), ofSecond = Resample(second, Mean, indicesY);
        var differences = new double[ofFirst.Length];
        for (int b = 0; b < differences.Length; b++)
        {
            differences[b] = ofFirst[b] - ofSecond[b];
        }

        return new BootstrapDistribution(
            Mean(first) - Mean(second),
            differences,
            Acceleration(Jackknife(first, Mean), [.. Jackknife(second, Mean).Select(mean => -mean)]));
    }

    /// <summary>The mean over all rows of clusters that are drawn as wholes, as all answers of one topic.</summary>
    /// <param name="clusters">Rows of each cluster; a cluster may be empty, not all of them.</param>
    /// <param name="indices">B rows of indices of clusters.</param>
    /// <returns>Missing without a row, or where a resample has none.</returns>
    public static Measured<BootstrapDistribution> ClusteredMean(IReadOnlyList<IReadOnlyList<double>> clusters, IReadOnlyList<int[]> indices)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        CheckResamples(indices);
        foreach (IReadOnlyList<double> cluster in clusters)
        {
            Sample.CheckFinite(cluster);
        }

        double[] sums = [.. clusters.Select(cluster => cluster.Sum())];
        int[] counts = [.. clusters.Select(cluster => cluster.Count)];
        int[] all = [.. Enumerable.Range(0, sums.Length)];
        if (counts.Sum() == 0)
        {
            return new Missing("empty sample");
        }

        double[] statistics = [.. indices.Select(MeanOf)];
        if (statistics.Any(double.IsNaN))
        {
            return new Missing("a resample without a row");
        }

        double[] leftOut = sums.Length < 2 ? [] : [.. all.Select(i => MeanOf(all.Where(j => j != i)))];
        return new BootstrapDistribution(
            MeanOf(all),
            statistics,
            leftOut.Any(double.IsNaN) ? new Missing("one cluster holds all rows") : Acceleration(leftOut));

        double MeanOf(IEnumerable<int> chosen)
        {
            double sum = 0;
            long count = 0;
            foreach (int i in chosen)
            {
                sum += sums[i];
                count += counts[i];
            }

            return sum / count;
        }
    }

    internal static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static double[] Resample(double[] values, Statistic statistic, IReadOnlyList<int[]> indices)
    {
        var statistics = new double[indices.Count];
        double[] drawn = [];
        for (int b = 0; b < statistics.Length; b++)
        {
            int[] row = indices[b];
            Array.Resize(ref drawn, row.Length);
            for (int i = 0; i < row.Length; i++)
            {
                drawn[i] = values[row[i]];
            }

            statistics[b] = statistic(drawn);
        }

        return statistics;
    }

    private static double[] Jackknife(double[] values, Statistic statistic)
    {
        if (values.Length < 2)
        {
            return [];
        }

        var results = new double[values.Length];
        double[] rest = values[1..];
        for (int i = 0; i < values.Length; i++)
        {
            results[i] = statistic(rest);
            if (i < rest.Length)
            {
                rest[i] = values[i];
            }
        }

        return results;
    }

    /// <summary>sum u^3 / n^3 over the samples, divided by 6 (sum u^2 / n^2)^1.5, u being n - 1 times mean less value of the jackknife.</summary>
    private static Measured<double> Acceleration(params double[][] samples)
    {
        double cubes = 0, squares = 0;
        foreach (double[] values in samples)
        {
            if (values.Length == 0)
            {
                return new Missing("one case: none can be left out");
            }

            double n = values.Length, mean = Mean(values), sumSquares = 0, sumCubes = 0;
            foreach (double value in values)
            {
                double u = (n - 1) * (mean - value);
                sumSquares += u * u;
                sumCubes += u * u * u;
            }

            squares += sumSquares / (n * n);
            cubes += sumCubes / (n * n * n);
        }

        return squares == 0 ? new Missing("leaving one case out changes nothing") : cubes / (6 * Math.Pow(squares, 1.5));
    }

    private static void CheckResamples(IReadOnlyList<int[]> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentOutOfRangeException.ThrowIfLessThan(indices.Count, 1, nameof(indices));
    }
}
