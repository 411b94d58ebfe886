namespace Temperament.Measures.Statistics;

/// <summary>Adjusts the p-values of a family of tests for their number.</summary>
public static class Multiplicity
{
    /// <summary>
    /// Adjusted p-values in the order of the input, at most 1, monotone in p. Tests without a p-value stay missing and do not count in the
    /// size of the family.
    /// </summary>
    /// <param name="values">p-values in [0, 1].</param>
    /// <param name="method">How to adjust.</param>
    /// <exception cref="ArgumentException">A p-value lies outside [0, 1].</exception>
    public static IReadOnlyList<Measured<double>> Adjust(IReadOnlyList<Measured<double>> values, MultiplicityMethod method)
    {
        ArgumentNullException.ThrowIfNull(values);
        int[] present = [.. Enumerable.Range(0, values.Count).Where(i => values[i].HasValue).OrderBy(i => values[i].Value)];
        foreach (int i in present)
        {
            if (!(values[i].Value is >= 0 and <= 1))
            {
                throw new ArgumentException($"A p-value lies in [0, 1]; number {i} is {values[i].Value}.", nameof(values));
            }
        }

        double[] adjusted = Sorted([.. present.Select(i => values[i].Value)], method);
        var results = new Measured<double>[values.Count];
        values.ToArray().CopyTo(results, 0);
        for (int rank = 0; rank < present.Length; rank++)
        {
            results[present[rank]] = Math.Min(1, adjusted[rank]);
        }

        return results;
    }

    private static double[] Sorted(double[] p, MultiplicityMethod method)
    {
        int m = p.Length;
        double harmonic = Enumerable.Range(1, m).Sum(i => 1.0 / i);
        return method switch
        {
            MultiplicityMethod.Bonferroni => Plain(p, x => x * m),
            MultiplicityMethod.Sidak => Plain(p, x => Together(x, m)),
            MultiplicityMethod.Holm => Upwards(p, (x, rank) => x * (m - rank)),
            MultiplicityMethod.HolmSidak => Upwards(p, (x, rank) => Together(x, m - rank)),
            MultiplicityMethod.Hochberg => Downwards(p, (x, rank) => x * (m - rank)),
            MultiplicityMethod.BenjaminiHochberg => Downwards(p, (x, rank) => x * m / (rank + 1)),
            MultiplicityMethod.BenjaminiYekutieli => Downwards(p, (x, rank) => x * m * harmonic / (rank + 1)),
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };
    }

    /// <summary>1 - (1 - p)^tests without loss for small p.</summary>
    private static double Together(double p, int tests)
    {
        double log = tests * Distributions.GammaFunction.LogOnePlus(-p);
        double power = Math.Exp(log);
        return power == 1 ? -log : p == 1 ? 1 : (power - 1) * (log / -Math.Log(power));
    }

    private static double[] Plain(double[] p, Func<double, double> adjust) => [.. p.Select(adjust)];

    private static double[] Upwards(double[] p, Func<double, int, double> adjust)
    {
        var adjusted = new double[p.Length];
        double largest = 0;
        for (int rank = 0; rank < p.Length; rank++)
        {
            adjusted[rank] = largest = Math.Max(largest, adjust(p[rank], rank));
        }

        return adjusted;
    }

    private static double[] Downwards(double[] p, Func<double, int, double> adjust)
    {
        var adjusted = new double[p.Length];
        double smallest = 1;
        for (int rank = p.Length - 1; rank >= 0; rank--)
        {
            adjusted[rank] = smallest = Math.Min(smallest, adjust(p[rank], rank));
        }

        return adjusted;
    }
}
