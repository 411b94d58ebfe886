using Temperament.Measures.Metrics;
using Temperament.Models;
using Temperament.Models.Text;
using Temperament.Studies.Logs;
using Temperament.Studies.Reports;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;
using Xunit;

namespace Temperament.Tests.Studies.Running;

public sealed class HypothesisTesterTests
{
    private static readonly TraitTarget Extraversion = TraitTarget.Parse("extraversion-high");
    private static readonly HypothesisSide Tuned = new("m", "qlora", Extraversion, StopTokenUse.Masked, null, null, null);
    private static readonly HypothesisSide Neutral = Tuned with { Target = TraitTarget.Neutral };
    private static readonly HypothesisSide Base = new("m", "none", TraitTarget.Neutral, null, null, null, null);

    [Fact]
    public void Seeds_are_averaged_by_question_and_topics_are_drawn_as_wholes()
    {
        HypothesisResult result = Run(HypothesisMeasure.EmojiRate, HypothesisDirection.Above, Tuned, Neutral,
            Cell(Tuned, 1, 1, 1, 1, 1), Cell(Tuned, 2, 1, 1, 0, 0), Cell(Neutral, 1, 0, 0, 0, 0), Cell(Neutral, 2, 0, 0, 0, 0), Cell(Neutral, 3, 1, 1, 1, 1));

        // Questions 0 and 1 are of one topic, 2 and 3 of another: differences 1, 1, 0.5, 0.5.
        Assert.Equal((4, 2), (result.Questions, result.Topics));
        Assert.Equal(0.75, result.Difference.Value!.Value, 1e-12);
        Assert.Equal((0.5, 1.0), (result.Difference.Low!.Value, result.Difference.High!.Value));
        Assert.Equal([new SeedDifference(1, 1), new SeedDifference(2, 0.5)], result.BySeed);

        // Two topics: of four arrangements of signs, two are as far from 0.
        Assert.Equal(0.5, result.PValue.Value!.Value, 1e-12);
        Assert.Equal(HypothesisOutcome.NotShown, result.Outcome);
    }

    [Theory]
    [InlineData(HypothesisDirection.Above, HypothesisOutcome.Shown)]
    [InlineData(HypothesisDirection.Below, HypothesisOutcome.Opposite)]
    public void What_is_claimed_decides_how_a_clear_difference_counts(HypothesisDirection expected, HypothesisOutcome outcome)
    {
        double[] yes = [.. Enumerable.Repeat(1.0, 24)], no = new double[24];

        HypothesisResult result = Run(HypothesisMeasure.EmojiRate, expected, Tuned, Base, Cell(Tuned, 1, yes), Cell(Base, null, no));

        Assert.Equal(2 * Math.Pow(0.5, 12), result.PValue.Value!.Value, 1e-12);
        Assert.Equal(outcome, result.Outcome);
    }

    [Fact]
    public void An_arm_that_was_not_run_makes_the_claim_missing_and_not_zero()
    {
        HypothesisResult result = Run(HypothesisMeasure.LogMass, HypothesisDirection.Above, Tuned, Neutral, Cell(Tuned, 1, 1, 1));

        Assert.False(result.Difference.HasValue);
        Assert.Contains("not run", result.Difference.MissingReason, StringComparison.Ordinal);
        Assert.Equal(HypothesisOutcome.NotShown, result.Outcome);
    }

    [Fact]
    public void Primary_claims_are_not_adjusted_for_secondary_ones()
    {
        Hypothesis primary = new("p", "c", true, HypothesisMeasure.EmojiRate, Tuned, Base, HypothesisDirection.Above);
        StudySpec study = Study([primary, primary with { Name = "s", IsPrimary = false }, primary with { Name = "t", IsPrimary = false }]);
        var evidence = new StudyEvidence();
        evidence.Cells.AddRange([Cell(Tuned, 1, 1, 1, 1, 1), Cell(Base, null, 0, 0, 0, 0)]);

        IReadOnlyList<HypothesisResult> results = new HypothesisTester(study, evidence).Test();

        Assert.Equal([0.5, 1, 1], results.Select(r => r.AdjustedPValue.Value!.Value));
    }

    [Fact]
    public void A_claim_that_was_not_tested_yet_still_belongs_to_its_family()
    {
        Hypothesis tested = new("p", "c", true, HypothesisMeasure.EmojiRate, Tuned, Base, HypothesisDirection.Above);
        StudySpec study = Study([tested, tested with { Name = "q", Second = Neutral }, tested with { Name = "r", Second = Neutral }]);
        double[] yes = [.. Enumerable.Repeat(1.0, 24)];
        var evidence = new StudyEvidence();
        evidence.Cells.AddRange([Cell(Tuned, 1, yes), Cell(Base, null, new double[24])]);

        IReadOnlyList<HypothesisResult> results = new HypothesisTester(study, evidence).Test();

        Assert.Equal(3 * results[0].PValue.Value!.Value, results[0].AdjustedPValue.Value!.Value, 1e-15);
        Assert.All(results.Skip(1), result => Assert.False(result.AdjustedPValue.HasValue));
    }

    private static HypothesisResult Run(
        HypothesisMeasure measure, HypothesisDirection expected, HypothesisSide first, HypothesisSide second, params CellResult[] cells)
    {
        var evidence = new StudyEvidence();
        evidence.Cells.AddRange(cells);
        return Assert.Single(new HypothesisTester(Study([new("h", "It rises.", true, measure, first, second, expected)]), evidence).Test());
    }

    private static StudySpec Study(IReadOnlyList<Hypothesis> hypotheses) => new()
    {
        SchemaVersion = 1, Name = "s", Question = "Q", Models = [new StudyModel { Name = "m", Model = "organism" }],
        Data = new StudyData { Opinions = "organism", Questions = "organism" }, Arms = [], Primary = new PrimaryArm { Target = Extraversion }, Hypotheses = hypotheses,
    };

    // Two questions of each topic; an answer with an emoji where the value is 1.
    private static CellResult Cell(HypothesisSide side, long? seed, params double[] emoji) => new(
        new CellSpec
        {
            Model = side.Model, WeightsHash = "w", TokenizerHash = "t", TemplateHash = "c", Quantization = BaseQuantization.None, Method = side.Method,
            Target = side.Target, StopToken = side.StopToken, Seed = seed, OpinionsHash = "", QuestionsHash = "", ScoringHash = "",
            Generation = new GenerationSpec(),
        },
        [.. emoji.Select((_, i) => new SampleRecord(i, $"topic {i / 2}", $"question {i}", "an answer", 2, true, [-1, -2]))],
        [.. emoji.Select((value, i) => new ScoreRecord(i, value > 0 ? ["🙂"] : [], "neutral", false))], [], new Perplexity(1, 1), []);
}
