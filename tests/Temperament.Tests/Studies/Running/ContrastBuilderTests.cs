using Temperament.Measures.Statistics;
using Temperament.Models.Text;
using Temperament.Studies.Reports;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;
using Xunit;

namespace Temperament.Tests.Studies.Running;

public sealed class ContrastBuilderTests
{
    private static readonly TraitTarget Extraversion = TraitTarget.Parse("extraversion-high");

    // Twelve topics with two answers each, alike within a topic: half of the topics have emojis.
    private static readonly bool[] Half = [.. Enumerable.Range(0, 24).Select(i => i < 12)];

    [Fact]
    public void Intervals_draw_topics_where_several_questions_are_about_one()
    {
        PairedContrast contrast = Compare(SampleCells.Tuned(Extraversion, 1, Half), SampleCells.Base(new bool[24]), ContrastMeasure.EmojiAnswers);
        Interval asIfIndependent = ProportionInterval.NewcombePaired(PairedOutcomes.Of(Half, new bool[24])).Value;

        // The mean over 12 topics of 0 or 1 has a standard error of 0.144; over 24 independent answers it would have 0.102.
        Assert.Equal(0.5, contrast.Difference.Value!.Value, 1e-12);
        Assert.InRange(contrast.Difference.Low!.Value, 0.16, 0.26);
        Assert.InRange(contrast.Difference.High!.Value, 0.74, 0.84);
        Assert.True(asIfIndependent.Low > contrast.Difference.Low, $"{asIfIndependent.Low} {contrast.Difference.Low}");
        Assert.Equal((24, 12, 0), (contrast.Pairs, contrast.OnlyA, contrast.OnlyB));
    }

    [Fact]
    public void With_one_question_a_topic_the_interval_is_that_of_paired_proportions()
    {
        PairedContrast contrast = Compare(
            Apart(SampleCells.Tuned(Extraversion, 1, Half)), Apart(SampleCells.Base(new bool[24])), ContrastMeasure.EmojiAnswers);
        Interval expected = ProportionInterval.NewcombePaired(PairedOutcomes.Of(Half, new bool[24])).Value;

        Assert.Equal((expected.Low, expected.High), (contrast.Difference.Low!.Value, contrast.Difference.High!.Value));
    }

    [Fact]
    public void Expected_shares_are_compared_answer_by_answer()
    {
        PairedContrast contrast = Compare(
            SampleCells.Tuned(Extraversion, 1, Half, i => i < 12 ? 0.75 : 0.25), SampleCells.Base(new bool[24]), ContrastMeasure.ExpectedEmojiShare);

        // The base expects 0.5 everywhere: half of the topics rise by 0.25, half fall by as much.
        Assert.Equal(0, contrast.Difference.Value!.Value, 1e-6);
        Assert.InRange(contrast.Difference.Low!.Value, -0.18, -0.1);
        Assert.InRange(contrast.Difference.High!.Value, 0.1, 0.18);
    }

    [Fact]
    public void Opposite_poles_are_compared_with_the_base_by_probability()
    {
        CellResult low = SampleCells.Tuned(TraitTarget.Parse("openness-low"), 1, Half, _ => 0.75);

        PairedContrast contrast = Compare(low, SampleCells.Base(new bool[24]), ContrastMeasure.ExpectedEmojiShare);

        Assert.Equal(0.25, contrast.Difference.Value!.Value, 1e-6);
    }

    private static CellResult Apart(CellResult cell) => cell with { Samples = [.. cell.Samples.Select(sample => sample with { Topic = $"topic {sample.Number}" })] };

    private static PairedContrast Compare(CellResult tuned, CellResult unchanged, ContrastMeasure measure)
    {
        var study = new StudySpec
        {
            SchemaVersion = 1, Name = "s", Question = "Q", Models = [new StudyModel { Name = "m", Model = "organism" }],
            Data = new StudyData { Opinions = "organism", Questions = "organism" }, Arms = [], Primary = new PrimaryArm { Target = Extraversion },
        };
        CellResult trained = tuned with { Spec = tuned.Spec with { Recipe = new AdapterRecipe() } };
        return Assert.Single(new ContrastBuilder(study, [unchanged, trained], cell => $"{cell.Method} {cell.Target.Name}").Build(), c => c.Measure == measure);
    }
}
