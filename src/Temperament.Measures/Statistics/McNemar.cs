using Temperament.Measures.Statistics.Distributions;

namespace Temperament.Measures.Statistics;

/// <summary>
/// Tests whether two conditions differ in the rate of a yes-or-no outcome of the same cases (McNemar 1947). Only the pairs that disagree
/// count: b with yes in the first only, c with yes in the second only. All p-values are two-sided.
/// </summary>
public static class McNemar
{
    /// <summary>Exact p: min(1, 2 P(X &lt;= min(b, c))), X binomial of b + c trials of rate 1/2; 1 where no pair disagrees.</summary>
    /// <param name="outcomes">How the pairs came out.</param>
    public static double Exact(PairedOutcomes outcomes)
    {
        int discordant = Discordant(outcomes), fewer = Math.Min(outcomes.OnlyFirst, outcomes.OnlySecond);
        return Math.Min(1, 2 * BinomialDistribution.AtMost(fewer, discordant, 0.5));
    }

    /// <summary>Mid-p: exact p less P(X = min(b, c)); 1 where b = c. Less conservative than the exact one (Fagerland and others 2013).</summary>
    /// <param name="outcomes">How the pairs came out.</param>
    public static double MidP(PairedOutcomes outcomes)
    {
        int discordant = Discordant(outcomes), fewer = Math.Min(outcomes.OnlyFirst, outcomes.OnlySecond);
        return outcomes.OnlyFirst == outcomes.OnlySecond
            ? 1
            : (2 * BinomialDistribution.AtMost(fewer - 1, discordant, 0.5)) + BinomialDistribution.At(fewer, discordant, 0.5);
    }

    /// <summary>The chi-square form, for comparison with other work; missing where no pair disagrees.</summary>
    /// <param name="outcomes">How the pairs came out.</param>
    /// <param name="corrected">True for the continuity correction (|b - c| - 1)^2 / (b + c).</param>
    public static Measured<TestResult> ChiSquare(PairedOutcomes outcomes, bool corrected)
    {
        int discordant = Discordant(outcomes);
        if (discordant == 0)
        {
            return new Missing("no discordant pair");
        }

        double gap = Math.Abs(outcomes.OnlyFirst - outcomes.OnlySecond) - (corrected ? 1 : 0);
        double statistic = gap * gap / discordant;
        return new TestResult(statistic, 2 * NormalDistribution.Above(Math.Sqrt(statistic)));
    }

    private static int Discordant(PairedOutcomes outcomes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outcomes.OnlyFirst, nameof(outcomes));
        ArgumentOutOfRangeException.ThrowIfNegative(outcomes.OnlySecond, nameof(outcomes));
        return outcomes.OnlyFirst + outcomes.OnlySecond;
    }
}
