using Temperament.Models.Text;
using Temperament.Studies.Reports;
using Temperament.Studies.Running;
using Xunit;

namespace Temperament.Tests.Studies.Running;

public sealed class ArmBuilderTests
{
    private static readonly TraitTarget Extraversion = TraitTarget.Parse("extraversion-high");

    [Fact]
    public void Seeds_of_an_arm_are_counted_together_and_other_targets_apart()
    {
        IReadOnlyList<ArmRow> rows = ArmBuilder.Build(
        [
            SampleCells.Tuned(Extraversion, 1, [true, true, false, false]), SampleCells.Tuned(TraitTarget.Neutral, 1, new bool[4]),
            SampleCells.Tuned(Extraversion, 2, [true, false, false, false]),
        ]);

        Assert.Equal(2, rows.Count);
        Assert.Equal((2, 2), (rows[0].Seeds, rows[0].Topics));
        Assert.Equal((3, 8), (rows[0].EmojiAnswers.Count, rows[0].EmojiAnswers.Total));
        Assert.Equal(3.0 / 8, rows[0].TraitAlignment.Value!.Value, 1e-12);
        Assert.Equal(0.5, rows[0].TopicNamed.Value!.Value, 1e-12);
        Assert.Equal(0.5, rows[0].ExpectedEmojiShare.Value!.Value, 1e-6);
        Assert.Equal(("neutral", 1, 0), (rows[1].Trait, rows[1].Seeds, rows[1].EmojiAnswers.Count));
    }

    [Fact]
    public void Topics_are_drawn_as_wholes()
    {
        // Topic 0 holds three emojis in four answers, topic 1 none: any draw of two topics gives 3/4, 3/8 or 0, and each end has a quarter of them.
        ArmRow row = Assert.Single(ArmBuilder.Build(
            [SampleCells.Tuned(Extraversion, 1, [true, true, false, false]), SampleCells.Tuned(Extraversion, 2, [true, false, false, false])]));

        Assert.Equal((0, 0.75), (row.EmojiAnswers.Low!.Value, row.EmojiAnswers.High!.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_no_answer_or_every_answer_counts_the_interval_still_has_a_width(bool every)
    {
        ArmRow row = Assert.Single(ArmBuilder.Build([SampleCells.Tuned(Extraversion, 1, [every, every, every, every])]));

        // Wilson's interval of 0 or 4 of 4: z² / (4 + z²) wide.
        double width = 1.959964 * 1.959964 / (4 + (1.959964 * 1.959964));
        Assert.Equal(width, row.EmojiAnswers.High!.Value - row.EmojiAnswers.Low!.Value, 1e-6);
        Assert.Equal(every ? 1 : 0, row.EmojiAnswers.Value);
    }
}
