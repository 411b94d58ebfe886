using Temperament.Measures.Statistics;
using Temperament.Measures.Statistics.Distributions;
using Xunit;

namespace Temperament.Tests.Measures.Statistics;

public class IntervalTests
{
    [Fact]
    public void Wilson_of_no_success_in_a_hundred_reaches_to_3_7_percent()
    {
        Interval interval = ProportionInterval.Wilson(0, 100).Value;

        Assert.Equal(0, interval.Low);
        Assert.Equal(0.0370, interval.High, 4);
    }

    [Fact]
    public void Wrong_counts_are_refused_and_no_trials_are_missing()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ProportionInterval.Wilson(5, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProportionInterval.ClopperPearson(-1, 4));
        Assert.Equal("no trials", ProportionInterval.Wilson(0, 0).Reason);
    }

    [Fact]
    public void Exact_mcnemar_of_22_to_6_is_the_binomial_tail()
    {
        // 2 (1 + 28 + 378 + 3276 + 20475 + 98280 + 376740) / 2^28.
        double p = McNemar.Exact(new PairedOutcomes(0, 22, 6, 72));

        Assert.Equal(2 * 499178 / 268435456.0, p, 1e-14);
    }

    [Fact]
    public void Paired_outcomes_are_counted_by_case() =>
        Assert.Equal(
            new PairedOutcomes(1, 2, 1, 1),
            PairedOutcomes.Of([true, true, true, false, false], [true, false, false, true, false]));

    [Theory]
    [InlineData(1e-12)]
    [InlineData(0.025)]
    [InlineData(0.4999)]
    [InlineData(0.7)]
    public void Quantiles_undo_probabilities(double q)
    {
        Assert.Equal(q, NormalDistribution.Below(NormalDistribution.Quantile(q)), q * 1e-12);
        Assert.Equal(q, StudentDistribution.Above(StudentDistribution.UpperQuantile(q, 7), 7), q * 1e-12);
    }
}
