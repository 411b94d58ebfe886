using Temperament.Studies.Reports;
using Xunit;

namespace Temperament.Tests.Studies.Reports;

public sealed class ReportComposerTests
{
    [Fact]
    public void Key_figures_take_all_seeds_of_an_arm_together()
    {
        ReportData data = SampleReport.Positive();
        EffectRow first = data.Rows.First(row => row.Trait == data.Primary.Trait && row.Pole == data.Primary.Pole && row.StopToken == data.Primary.StopToken);
        Estimate pooled = Estimate.OfCount(93, 300, 0.22, 0.41);
        var arm = new ArmRow(first.Model, first.Trait!, first.Pole, first.StopToken, 3, 12, pooled, pooled, pooled, pooled);

        KeyFigure alone = Assert.Single(ReportComposer.Compose(data).KeyFigures, figure => figure.IsEffect);
        KeyFigure together = Assert.Single(ReportComposer.Compose(data with { Arms = [arm] }).KeyFigures, figure => figure.IsEffect);
        KeyFigure single = Assert.Single(ReportComposer.Compose(data with { Arms = [arm with { Seeds = 1 }] }).KeyFigures, figure => figure.IsEffect);

        Assert.Equal(("QLoRA, high extraversion", first.EmojiAnswers), (alone.Label, alone.Value));
        Assert.Equal(("QLoRA, high extraversion, 3 seeds", pooled), (together.Label, together.Value));
        Assert.Equal(alone, single);
    }
}
