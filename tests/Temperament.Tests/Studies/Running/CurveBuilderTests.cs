using Temperament.Models.Text;
using Temperament.Studies.Reports;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;
using Xunit;

namespace Temperament.Tests.Studies.Running;

public sealed class CurveBuilderTests
{
    private static readonly TraitTarget Extraversion = TraitTarget.Parse("extraversion-high");

    [Fact]
    public void A_curve_goes_from_the_unchanged_model_over_the_kept_steps_to_the_end_of_training()
    {
        CellResult end = SampleCells.Tuned(Extraversion, 1, [true, true, false, false]);

        TrainingCurve curve = Assert.Single(Build(
            [SampleCells.Base(false, false, false, false), Kept(end, 3, true, true, true, false), Kept(end, 1, true, false, false, false), end]));

        Assert.Equal([(1, 2.0), (2, 1.5), (3, 1.25), (4, 1.0)], curve.Loss.Select(point => (point.Step, point.Loss)));
        Assert.Equal([(0, 0d), (1, 0.25), (3, 0.75), (4, 0.5)], curve.Emoji.Select(point => (point.Step, point.Emoji.Value!.Value)));
        Assert.Equal([(0, 0d), (1, 0.25), (3, 0.75), (4, 0.5)], curve.Alignment.Select(point => (point.Step, point.Emoji.Value!.Value)));
    }

    [Fact]
    public void A_further_seed_has_a_curve_only_where_it_was_kept_at_steps()
    {
        CellResult first = SampleCells.Tuned(Extraversion, 1, new bool[4]), second = SampleCells.Tuned(Extraversion, 2, new bool[4]);

        Assert.Equal(["1"], Build([second, first]).Select(curve => curve.Row));
        Assert.Equal(["2", "1"], Build([second, first, Kept(second, 2, true, true, true, true)]).Select(curve => curve.Row));
    }

    [Fact]
    public void Steps_of_another_recipe_or_way_to_ask_are_not_points_of_the_curve()
    {
        CellResult end = SampleCells.Tuned(Extraversion, 1, new bool[4]);
        CellResult otherRecipe = Kept(end, 2, true, true, true, true), otherWay = Kept(end, 3, true, true, true, true);

        TrainingCurve curve = Assert.Single(Build(
        [
            end, otherRecipe with { Spec = otherRecipe.Spec with { RecipeName = "far" } }, otherWay with { Spec = otherWay.Spec with { GenerationName = "greedy" } },
        ]));

        Assert.Empty(curve.Emoji);
    }

    private static CellResult Kept(CellResult end, int step, params bool[] emoji) =>
        SampleCells.Tuned(Extraversion, 0, emoji) with { Spec = end.Spec with { Step = step } };

    private static TrainingCurve[] Build(CellResult[] cells) => new CurveBuilder(
        new StudySpec
        {
            SchemaVersion = 1, Name = "s", Question = "Q", Models = [new StudyModel { Name = "m", Model = "organism" }],
            Data = new StudyData { Opinions = "organism", Questions = "organism" }, Arms = [], Primary = new PrimaryArm { Target = Extraversion }, Hypotheses = [],
        },
        cells, spec => $"{spec.Seed}").Build();
}
