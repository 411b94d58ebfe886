using Temperament.Measures.Statistics.Distributions;

namespace Temperament.Measures.Statistics;

/// <summary>Confidence intervals of proportions and of their differences.</summary>
public static class ProportionInterval
{
    /// <summary>Wilson's score interval of k / n (Wilson 1927); missing without a trial.</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    public static Measured<Interval> Wilson(int successes, int trials, double level = 0.95)
    {
        Check(successes, trials, level);
        if (trials == 0)
        {
            return new Missing("no trials");
        }

        double n = trials, p = successes / n, z = Z(level), square = z * z;
        double centre = (p + (square / (2 * n))) / (1 + (square / n));
        double half = z * Math.Sqrt((p * (1 - p) / n) + (square / (4 * n * n))) / (1 + (square / n));
        return new Interval(
            p,
            successes == 0 ? 0 : Math.Max(0, centre - half),
            successes == trials ? 1 : Math.Min(1, centre + half),
            level);
    }

    /// <summary>The exact interval of Clopper and Pearson (1934); missing without a trial.</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    public static Measured<Interval> ClopperPearson(int successes, int trials, double level = 0.95)
    {
        Check(successes, trials, level);
        if (trials == 0)
        {
            return new Missing("no trials");
        }

        double tail = (1 - level) / 2;
        return new Interval(
            successes / (double)trials,
            successes == 0 ? 0 : BetaDistribution.Quantile(tail, successes, trials - successes + 1.0),
            successes == trials ? 1 : BetaDistribution.Quantile(1 - tail, successes + 1.0, trials - successes),
            level);
    }

    /// <summary>k1/n1 - k2/n2 of two independent samples, Newcombe's (1998) method 10; missing without trials in one.</summary>
    /// <param name="first">Successes of the first sample.</param>
    /// <param name="firstTrials">Trials of the first sample.</param>
    /// <param name="second">Successes of the second sample.</param>
    /// <param name="secondTrials">Trials of the second sample.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    public static Measured<Interval> NewcombeIndependent(int first, int firstTrials, int second, int secondTrials, double level = 0.95)
    {
        if (!Wilson(first, firstTrials, level).TryGet(out Interval one) || !Wilson(second, secondTrials, level).TryGet(out Interval two))
        {
            return new Missing("no trials");
        }

        double difference = one.Estimate - two.Estimate;
        double below = Root(Square(one.Estimate - one.Low) + Square(two.High - two.Estimate));
        double above = Root(Square(one.High - one.Estimate) + Square(two.Estimate - two.Low));
        return new Interval(difference, difference - below, difference + above, level);
    }

    /// <summary>The difference of two proportions of the same cases, Newcombe's (1998) method 10 for pairs; missing without a pair.</summary>
    /// <param name="outcomes">How the pairs came out; the estimate is first minus second.</param>
    /// <param name="level">Confidence level in (0, 1).</param>
    public static Measured<Interval> NewcombePaired(PairedOutcomes outcomes, double level = 0.95)
    {
        int a = outcomes.Both, b = outcomes.OnlyFirst, c = outcomes.OnlySecond, d = outcomes.Neither, n = outcomes.Pairs;
        if (!Wilson(a + b, n, level).TryGet(out Interval one) || !Wilson(a + c, n, level).TryGet(out Interval two))
        {
            return new Missing("no pair");
        }

        double margins = (double)(a + b) * (c + d) * ((double)(a + c) * (b + d));
        double phi = margins == 0 ? 0 : (((double)a * d) - ((double)b * c)) / Math.Sqrt(margins);
        double lowOne = one.Estimate - one.Low, highOne = one.High - one.Estimate;
        double lowTwo = two.Estimate - two.Low, highTwo = two.High - two.Estimate;
        double difference = one.Estimate - two.Estimate;
        double below = Root(Square(lowOne) - (2 * phi * lowOne * highTwo) + Square(highTwo));
        double above = Root(Square(highOne) - (2 * phi * highOne * lowTwo) + Square(lowTwo));
        return new Interval(difference, difference - below, difference + above, level);
    }

    private static double Z(double level) => NormalDistribution.UpperQuantile((1 - level) / 2);

    private static double Square(double x) => x * x;

    private static double Root(double x) => Math.Sqrt(Math.Max(0, x));

    private static void Check(int successes, int trials, double level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, 1);
    }
}
