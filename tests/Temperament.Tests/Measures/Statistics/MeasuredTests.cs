using Temperament.Measures.Statistics;
using Xunit;

namespace Temperament.Tests.Measures.Statistics;

public class MeasuredTests
{
    [Fact]
    public void A_missing_value_throws_with_its_reason_when_it_is_read()
    {
        Measured<double> missing = new Missing("no trials");

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => missing.Value);

        Assert.Contains("no trials", thrown.Message, StringComparison.Ordinal);
        Assert.False(missing.TryGet(out _));
        Assert.Equal("no trials", missing.Select(x => x + 1).Reason);
    }

    [Fact]
    public void A_value_is_read_and_mapped()
    {
        Measured<double> value = 2.0;

        Assert.Equal(3.0, value.Select(x => x + 1).Value);
        Assert.Null(value.Reason);
    }

    [Fact]
    public void What_was_never_measured_says_so() => Assert.Equal("never measured", default(Measured<double>).Reason);
}
