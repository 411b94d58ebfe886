using Temperament.Tensors.Random;

namespace Temperament.Measures.Statistics;

/// <summary>Permutation test of the means of two independent samples: if they were alike, any split of the values would be as likely.</summary>
public static class PermutationTest
{
    private const double MostEnumerated = 200_000;
    private const int Draws = 100_000;

    /// <summary>Tests two samples. Exact where there are at most 200,000 splits; else from 100,000 drawn splits and the observed one.</summary>
    /// <param name="x">First sample.</param>
    /// <param name="y">Second sample.</param>
    /// <param name="seed">Seed of the draws, where the test cannot be exact.</param>
    /// <returns>Missing where a sample is empty.</returns>
    public static Measured<PermutationResult> Test(IReadOnlyList<double> x, IReadOnlyList<double> y, long seed = 0)
    {
        Sample.CheckFinite(x);
        Sample.CheckFinite(y);
        if (x.Count == 0 || y.Count == 0)
        {
            return new Missing("empty sample");
        }

        double[] values = [.. x, .. y];
        double mean = Sample.MeanOf(values), scale = values.Sum(value => Math.Abs(value - mean));
        for (int i = 0; i < values.Length; i++)
        {
            values[i] -= mean;
        }

        double observed = values[..x.Count].Sum();
        var tally = new PermutationTally(observed, scale);
        bool exact = Splits(values.Length, x.Count) <= MostEnumerated;
        if (exact)
        {
            Enumerate(values, 0, x.Count, 0, ref tally);
        }
        else
        {
            tally.Add(observed, 1);
            var stream = new RandomStream(seed, "permutation");
            for (int draw = 0; draw < Draws; draw++)
            {
                stream.Shuffle<double>(values);
                tally.Add(values.AsSpan(0, x.Count).ToArray().Sum(), 1);
            }
        }

        return tally.Result(Sample.MeanOf(x) - Sample.MeanOf(y), exact);
    }

    private static void Enumerate(double[] values, int from, int left, double sum, ref PermutationTally tally)
    {
        if (left == 0)
        {
            tally.Add(sum, 1);
            return;
        }

        for (int i = from; i <= values.Length - left; i++)
        {
            Enumerate(values, i + 1, left - 1, sum + values[i], ref tally);
        }
    }

    private static double Splits(int n, int k)
    {
        double splits = 1;
        for (int i = 1; i <= k; i++)
        {
            splits = splits * (n - k + i) / i;
        }

        return splits;
    }
}
