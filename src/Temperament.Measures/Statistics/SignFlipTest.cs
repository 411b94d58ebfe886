using Temperament.Tensors.Random;

namespace Temperament.Measures.Statistics;

/// <summary>
/// Paired permutation test: if the two conditions were alike, each difference could as well have the other sign. Differences of 0 stay in
/// the mean and change no p.
/// </summary>
public static class SignFlipTest
{
    private const int MostEnumerated = 20;
    private const int MostLatticePoints = 1 << 16;
    private const int Draws = 100_000;

    /// <summary>Tests pairs, first minus second.</summary>
    /// <param name="x">First values.</param>
    /// <param name="y">Second values of the same cases.</param>
    /// <param name="seed">Seed of the draws, where the test cannot be exact.</param>
    /// <returns>Missing without a pair.</returns>
    public static Measured<PermutationResult> Test(IReadOnlyList<double> x, IReadOnlyList<double> y, long seed = 0) =>
        Test(Sample.Differences(x, y), seed);

    /// <summary>
    /// Tests differences. Exact where they are multiples of some 2^-k (as differences of counts and of yes or no are) or at most 20 are not
    /// 0; else from 100,000 drawn sign vectors and the observed one.
    /// </summary>
    /// <param name="differences">Finite numbers.</param>
    /// <param name="seed">Seed of the draws, where the test cannot be exact.</param>
    /// <returns>Missing for an empty sample.</returns>
    public static Measured<PermutationResult> Test(IReadOnlyList<double> differences, long seed = 0)
    {
        Sample.CheckFinite(differences);
        if (differences.Count == 0)
        {
            return new Missing("empty sample");
        }

        double[] sizes = [.. differences.Select(Math.Abs).Where(size => size > 0)];
        double observed = differences.Sum(), scale = sizes.Sum(), estimate = Sample.MeanOf(differences);
        var tally = new PermutationTally(observed, scale);
        bool exact = true;
        if (OnLattice(sizes) is { } unit)
        {
            Convolve(sizes, unit, ref tally);
        }
        else if (sizes.Length <= MostEnumerated)
        {
            Enumerate(sizes, ref tally);
        }
        else
        {
            tally.Add(observed, 1);
            Draw(sizes, new RandomStream(seed, "sign-flip"), ref tally);
            exact = false;
        }

        return tally.Result(estimate, exact);
    }

    /// <summary>The largest of 1, 1/2, ... 1/1024 of which all sizes are multiples and few enough fit into their sum.</summary>
    private static double? OnLattice(double[] sizes)
    {
        for (double unit = 1; unit >= 1.0 / 1024; unit /= 2)
        {
            if (sizes.Sum() / unit > MostLatticePoints)
            {
                return null;
            }

            if (Array.TrueForAll(sizes, size => size / unit == Math.Floor(size / unit)))
            {
                return unit;
            }
        }

        return null;
    }

    private static void Convolve(double[] sizes, double unit, ref PermutationTally tally)
    {
        int total = sizes.Sum(size => (int)(size / unit)), reach = 0;
        var chances = new double[(2 * total) + 1];
        var next = new double[chances.Length];
        chances[total] = 1;
        foreach (double size in sizes)
        {
            int step = (int)(size / unit);
            reach += step;
            Array.Clear(next);
            for (int i = total - reach; i <= total + reach; i++)
            {
                double below = i - step >= 0 ? chances[i - step] : 0, above = i + step < chances.Length ? chances[i + step] : 0;
                next[i] = 0.5 * (below + above);
            }

            (chances, next) = (next, chances);
        }

        for (int i = 0; i < chances.Length; i++)
        {
            if (chances[i] > 0)
            {
                tally.Add((i - total) * unit, chances[i]);
            }
        }
    }

    private static void Enumerate(double[] sizes, ref PermutationTally tally)
    {
        for (int signs = 0; signs < 1 << sizes.Length; signs++)
        {
            double sum = 0;
            for (int i = 0; i < sizes.Length; i++)
            {
                sum += (signs >> i & 1) == 0 ? sizes[i] : -sizes[i];
            }

            tally.Add(sum, 1);
        }
    }

    private static void Draw(double[] sizes, RandomStream stream, ref PermutationTally tally)
    {
        for (int draw = 0; draw < Draws; draw++)
        {
            double sum = 0;
            uint word = 0;
            for (int i = 0; i < sizes.Length; i++)
            {
                word = i % 32 == 0 ? stream.NextWord() : word >> 1;
                sum += (word & 1) == 0 ? sizes[i] : -sizes[i];
            }

            tally.Add(sum, 1);
        }
    }
}
