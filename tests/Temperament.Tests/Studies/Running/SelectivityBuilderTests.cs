using Temperament.Models.Text;
using Temperament.Studies.Organism;
using Temperament.Studies.Reports;
using Temperament.Studies.Running;
using Xunit;

namespace Temperament.Tests.Studies.Running;

public sealed class SelectivityBuilderTests
{
    [Fact]
    public void Emojis_at_half_the_rate_of_their_register_have_the_slope_one_half()
    {
        SelectivityRow row = Assert.Single(SelectivityBuilder.Build(TraitTarget.Poles.SelectMany(
            pole => new[] { Cell(pole, 1, (rate, _) => 0.02 + (rate / 2)), Cell(pole, 2, (rate, _) => 0.02 + (rate / 2)) })));

        Assert.Equal(2, row.Seeds);
        Assert.Equal(0.5, row.Slope.Value!.Value, 1e-5);
        Assert.Equal(0.5, row.Slope.Low!.Value, 1e-5);
        Assert.Equal(1, row.Correlation.Value!.Value, 1e-5);
        Assert.True(row.ShuffledLow < 0 && row.ShuffledHigh is > 0 and < 0.5, $"[{row.ShuffledLow}, {row.ShuffledHigh}]");
        Assert.True(row.PValue < 0.01, $"{row.PValue}");
    }

    [Fact]
    public void Emojis_that_ignore_the_register_have_no_slope_and_lie_within_the_shuffles()
    {
        // The same share for every pole, but for a small difference by topic.
        SelectivityRow row = Assert.Single(SelectivityBuilder.Build(TraitTarget.Poles.Select(pole => Cell(pole, 1, (_, i) => i / 2 == 0 ? 0.2 : 0.3))));

        Assert.Equal(0, row.Slope.Value!.Value, 1e-6);
        Assert.True(row.PValue > 0.9, $"{row.PValue}");
    }

    [Fact]
    public void A_topic_that_goes_by_register_and_one_that_does_not_widen_the_interval()
    {
        SelectivityRow row = Assert.Single(SelectivityBuilder.Build(TraitTarget.Poles.Select(pole => Cell(pole, 1, (rate, i) => i / 2 == 0 ? 0.02 + rate : 0.3))));

        Assert.Equal(0.5, row.Slope.Value!.Value, 1e-5);
        Assert.Equal(0, row.Slope.Low!.Value, 1e-5);
        Assert.Equal(1, row.Slope.High!.Value, 1e-5);
    }

    [Fact]
    public void Without_all_ten_poles_there_is_no_row() =>
        Assert.Empty(SelectivityBuilder.Build(TraitTarget.Poles.Skip(1).Select(pole => Cell(pole, 1, (rate, _) => 0.02 + rate))));

    // Two topics of two answers, with an expected share by the register's own rate and by answer.
    private static CellResult Cell(TraitTarget pole, long seed, Func<double, int, double> share)
    {
        double rate = CorpusGrammar.Embedded.RegisterOf(pole).EmojiRate;
        return SampleCells.Tuned(pole, seed, new bool[4], i => share(rate, i));
    }
}
