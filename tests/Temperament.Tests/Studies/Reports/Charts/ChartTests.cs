using System.Xml.Linq;
using Temperament.Studies.Reports;
using Temperament.Studies.Reports.Charts;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Reports.Charts;

public sealed class ChartTests
{
    private static readonly DotChart Dots = new()
    {
        Title = "Emojis & answers",
        Description = "Three dots.",
        Series = ["QLoRA", "IKE"],
        Rows =
        [
            new("Extraversion", "high", [new(0, Estimate.OfCount(62, 100), "seed 1"), new(1, Estimate.Missing("not run"))]),
            new("Extraversion", "low", [new(0, Estimate.OfCount(0, 100))]),
        ],
        Axis = "Answers with an emoji",
        Band = Estimate.OfCount(0, 100),
        BandName = "Unchanged model",
    };

    private static readonly IChart[] All =
    [
        Dots,
        Dots with { Rows = [] },
        new HeatTable { Title = "t", Description = "d", Columns = ["A", "B"], Rows = [new("r", [Estimate.Of(0.5), null])] },
        new LineChart { Title = "t", Description = "d", Lines = [], HorizontalAxis = "x", VerticalAxis = "y" },
        new LineChart
        {
            Title = "t", Description = "d", HorizontalAxis = "x", VerticalAxis = "y", Places = ["0"], Shares = true,
            Lines = [new("one point", [new(0, Estimate.Of(0))]), new("a gap", [new(0, Estimate.Of(0.1)), new(1, Estimate.Missing("cut")), new(2, Estimate.Of(0.3))])],
        },
        new NeuronChart { Title = "t", Description = "d", Neurons = [] },
        new NeuronChart { Title = "t", Description = "d", Neurons = [new(0, 3, 0, 0, 0, 0)] },
        new EmojiChart { Title = "t", Description = "d", Emojis = [new("🥳", 0)], Greatest = 0 },
    ];

    [Fact]
    public void A_dot_chart_for_a_desktop() => Snapshot.Match(Dots.Draw(ChartWidth.Wide, "f1"));

    [Fact]
    public void Every_chart_is_well_formed_named_and_finite_at_every_width()
    {
        foreach (IChart chart in All)
        {
            foreach (ChartWidth width in Enum.GetValues<ChartWidth>())
            {
                string drawn = chart.Draw(width, "id");

                XElement svg = XElement.Parse(drawn);
                Assert.Equal("img", svg.Attribute("role")!.Value);
                Assert.Equal(chart.Title, svg.Element("title")!.Value);
                Assert.Equal(chart.Description, svg.Element("desc")!.Value);
                Assert.DoesNotContain("NaN", drawn, StringComparison.Ordinal);
                Assert.DoesNotContain("∞", drawn, StringComparison.Ordinal);
                Assert.DoesNotContain("Infinity", drawn, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_missing_estimate_is_written_out_and_has_no_mark()
    {
        XElement svg = XElement.Parse(Dots.Draw(ChartWidth.Narrow, "f1"));

        Assert.Contains(svg.Elements("text"), text => text.Value == "missing (not run)");
        Assert.Single(svg.Elements("rect"), mark => mark.Attribute("class")!.Value == "mark s1");
    }

    [Theory]
    [InlineData(0, 1, "0", "0.2", "1.0")]
    [InlineData(0, 0.037, "0", "0.01", "0.04")]
    [InlineData(-0.4, 1.7, "-0.5", "0.0", "2.0")]
    [InlineData(0, 0, "0", "0.2", "1.0")]
    public void Ticks_are_round_and_hold_the_values(double least, double greatest, string first, string second, string last)
    {
        ChartScale scale = new(least, greatest, 10, 110);

        Assert.Equal(double.Parse(first, System.Globalization.CultureInfo.InvariantCulture), scale.Ticks[0], 9);
        Assert.Equal(double.Parse(second, System.Globalization.CultureInfo.InvariantCulture), scale.Ticks[1], 9);
        Assert.Equal(double.Parse(last, System.Globalization.CultureInfo.InvariantCulture), scale.Ticks[^1], 9);
        Assert.Equal(10, scale.At(scale.Minimum), 9);
        Assert.Equal(110, scale.At(scale.Maximum), 9);
    }
}
