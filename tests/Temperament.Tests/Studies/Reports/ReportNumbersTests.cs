using System.Globalization;
using Temperament.Studies.Reports;
using Xunit;

namespace Temperament.Tests.Studies.Reports;

public sealed class ReportNumbersTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.62, "62")]
    [InlineData(0.0995, "10")]
    [InlineData(0.0994, "9.9")]
    [InlineData(0.0037, "0.37")]
    [InlineData(0.00004, "0.0040")]
    [InlineData(0.996, "99.6")]
    [InlineData(0.9999, "99.9")]
    [InlineData(1, "100")]
    [InlineData(-0.025, "−2.5")]
    public void Percentages_have_two_significant_digits_and_only_one_is_a_hundred(double share, string expected) =>
        Assert.Equal(expected, ReportNumbers.Percent(share));

    [Fact]
    public void What_is_missing_says_why_and_is_never_zero()
    {
        Estimate missing = Estimate.Missing("disk full");

        string[] texts =
        [
            ReportNumbers.Share(missing), ReportNumbers.Count(missing), ReportNumbers.Answers(missing), ReportNumbers.Points(missing),
            ReportNumbers.Decimal(missing, 2), ReportNumbers.P(missing),
        ];

        Assert.All(texts, text => Assert.Equal("missing (disk full)", text));
    }

    [Fact]
    public void Counts_of_one_total_say_it_once()
    {
        Assert.Equal("62, 60 and 58 of 100", ReportNumbers.Counts([Estimate.OfCount(62, 100), Estimate.OfCount(60, 100), Estimate.OfCount(58, 100)]));
        Assert.Equal("62 of 100", ReportNumbers.Counts([Estimate.OfCount(62, 100)]));
        Assert.Equal("62 of 100 and 60 of 99", ReportNumbers.Counts([Estimate.OfCount(62, 100), Estimate.OfCount(60, 99)]));
        Assert.Equal("62 of 100 and missing (disk full)", ReportNumbers.Counts([Estimate.OfCount(62, 100), Estimate.Missing("disk full")]));
    }

    [Fact]
    public void A_count_out_of_nothing_is_missing() => Assert.Equal("missing (no answers)", ReportNumbers.Share(Estimate.OfCount(0, 0)));

    [Fact]
    public void Small_p_values_are_bounds()
    {
        Assert.Equal("p < 0.0001", ReportNumbers.PStatement(Estimate.Of(1e-12)));
        Assert.Equal("p = 0.004", ReportNumbers.PStatement(Estimate.Of(0.0041)));
        Assert.Equal("p = 1", ReportNumbers.PStatement(Estimate.Of(1)));
    }

    [Fact]
    public void An_estimate_is_finite_and_has_a_value_or_a_reason()
    {
        Assert.Throws<ArgumentException>(() => Estimate.Of(double.NaN));
        Assert.Throws<ArgumentException>(() => Estimate.Of(0.5, 0.4, double.PositiveInfinity));
        Assert.Throws<ArgumentException>(() => Estimate.Missing(" "));
    }

    [Fact]
    public void The_culture_changes_nothing()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        string expected = MarkdownReport.Render(SampleReport.Positive()) + HtmlReport.Render(SampleReport.Positive()) + JsonReport.Render(SampleReport.Positive());
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = comma;

            Assert.Equal(expected, MarkdownReport.Render(SampleReport.Positive()) + HtmlReport.Render(SampleReport.Positive()) + JsonReport.Render(SampleReport.Positive()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
