using Temperament.Measures.Statistics;
using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Measures.Statistics;

public class ResamplingTests
{
    [Fact]
    public void The_same_seed_draws_the_same_cases()
    {
        IReadOnlyList<int[]> first = Resampling.Draw(new RandomStream(1, "bootstrap"), 5, 20);
        IReadOnlyList<int[]> again = Resampling.Draw(new RandomStream(1, "bootstrap"), 5, 20);
        IReadOnlyList<int[]> other = Resampling.Draw(new RandomStream(2, "bootstrap"), 5, 20);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void A_bootstrap_interval_holds_the_mean_and_narrows_with_the_level()
    {
        double[] values = [.. Enumerable.Range(0, 40).Select(i => Math.Sqrt(i))];

        BootstrapDistribution bootstrap = Bootstrap.Mean(values, Resampling.Draw(new RandomStream(1, "b"), 500, 40)).Value;
        Interval wide = bootstrap.BiasCorrected().Value, narrow = bootstrap.Percentile(0.5);

        Assert.Equal(values.Average(), bootstrap.Estimate, 1e-12);
        Assert.InRange(wide.Estimate, wide.Low, wide.High);
        Assert.True(narrow.High - narrow.Low < wide.High - wide.Low);
        Assert.Equal(Math.Sqrt(values.Sum(x => (x - values.Average()) * (x - values.Average())) / 1600), bootstrap.StandardError.Value, 0.02);
    }

    [Fact]
    public void Many_differences_off_the_lattice_are_tested_by_draws_that_a_seed_replays()
    {
        double[] differences = [.. Enumerable.Range(1, 30).Select(i => Math.Sin(i) + 0.3)];

        PermutationResult first = SignFlipTest.Test(differences, 3).Value, again = SignFlipTest.Test(differences, 3).Value;

        Assert.False(first.Exact);
        Assert.Equal(first, again);
        Assert.InRange(first.P, 1e-5, 0.2);
    }

    [Fact]
    public void Equal_samples_show_no_difference() => Assert.Equal(1, PermutationTest.Test([1, 2, 3], [3, 2, 1]).Value.P);
}
