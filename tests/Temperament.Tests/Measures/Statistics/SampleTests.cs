using Temperament.Measures.Statistics;
using Xunit;

namespace Temperament.Tests.Measures.Statistics;

public sealed class SampleTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.1, 1.3)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.5, 3)]
    [InlineData(0.975, 9.55)]
    [InlineData(1, 10)]
    public void A_quantile_lies_between_the_values_around_its_place(double q, double expected)
    {
        Assert.Equal(expected, Sample.Quantile([1, 2, 4, 10], q), 12);
    }

    [Fact]
    public void One_value_is_each_of_its_quantiles_and_none_has_none()
    {
        Assert.Equal(7, Sample.Quantile([7], 0.025));
        Assert.Throws<ArgumentException>(() => Sample.Quantile([], 0.5));
    }
}
