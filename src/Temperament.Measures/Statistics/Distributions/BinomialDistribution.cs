namespace Temperament.Measures.Statistics.Distributions;

/// <summary>The number of successes in n trials of one rate.</summary>
public static class BinomialDistribution
{
    /// <summary>Probability of exactly k successes.</summary>
    /// <param name="k">Successes.</param>
    /// <param name="n">Trials, at least 0.</param>
    /// <param name="rate">Rate of success in [0, 1].</param>
    public static double At(int k, int n, double rate)
    {
        Check(n, rate);
        if (k < 0 || k > n)
        {
            return 0;
        }

        if (k == 0 || k == n)
        {
            return Math.Pow(k == 0 ? 1 - rate : rate, n);
        }

        if (rate is 0 or 1)
        {
            return 0;
        }

        double a = k, b = n - k, lift = (n * rate) - a;
        double log = (a * GammaFunction.LogOnePlus(lift / a)) + (b * GammaFunction.LogOnePlus(-lift / b))
            + (0.5 * Math.Log(n / (2 * Math.PI * a * b)))
            + GammaFunction.StirlingError(n + 1.0) - GammaFunction.StirlingError(a + 1) - GammaFunction.StirlingError(b + 1)
            + Shift(n) - Shift(a) - Shift(b);
        return Math.Exp(log);
    }

    /// <summary>Probability of k successes or fewer.</summary>
    /// <param name="k">Successes.</param>
    /// <param name="n">Trials, at least 0.</param>
    /// <param name="rate">Rate of success in [0, 1].</param>
    public static double AtMost(int k, int n, double rate)
    {
        Check(n, rate);
        return k < 0 ? 0 : k >= n ? 1 : BetaDistribution.Below(1 - rate, rate, n - k, k + 1.0);
    }

    /// <summary>Probability of more than k successes.</summary>
    /// <param name="k">Successes.</param>
    /// <param name="n">Trials, at least 0.</param>
    /// <param name="rate">Rate of success in [0, 1].</param>
    public static double MoreThan(int k, int n, double rate)
    {
        Check(n, rate);
        return k < 0 ? 1 : k >= n ? 0 : BetaDistribution.Below(rate, 1 - rate, k + 1.0, n - k);
    }

    /// <summary>The smallest k with at least probability q of k successes or fewer.</summary>
    /// <param name="q">Probability in [0, 1].</param>
    /// <param name="n">Trials, at least 0.</param>
    /// <param name="rate">Rate of success in [0, 1].</param>
    public static int Quantile(double q, int n, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(q);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q, 1);
        int low = 0, high = n;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (AtMost(middle, n, rate) >= q * (1 - 1e-14))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>The part of ln gamma(z + 1) that Stirling's formula at z + 1 adds to the one at z: (z + 1/2) ln(1 + 1/z) - 1.</summary>
    private static double Shift(double z) => ((z + 0.5) * GammaFunction.LogOnePlus(1 / z)) - 1;

    private static void Check(int n, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, 1);
    }
}
