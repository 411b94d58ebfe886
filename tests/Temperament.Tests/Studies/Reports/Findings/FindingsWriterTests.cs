using Temperament.Studies.Reports;
using Temperament.Studies.Reports.Findings;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Reports.Findings;

public sealed class FindingsWriterTests
{
    [Fact]
    public void An_effect_with_its_controls() => Snapshot.Match(Text(SampleReport.Positive()));

    [Fact]
    public void No_effect() => Snapshot.Match(Text(SampleReport.Negative()));

    [Fact]
    public void Controls_that_fail() => Snapshot.Match(Text(SampleReport.ControlsFail()));

    [Fact]
    public void A_low_pole_that_rises_only_by_probability_is_a_caution_and_no_control_that_holds()
    {
        ReportData data = SampleReport.Negative();
        EffectRow low = data.Rows.First(row => row.Pole == ReportPole.Low && row.StopToken == data.Primary.StopToken && row.Method == data.Primary.Method), unchanged = data.Rows.First(row => row.Method == EffectRow.BaseMethod && row.Model == low.Model);
        PairedContrast Rise(double from) => new() { A = low.Id, B = unchanged.Id, Measure = ContrastMeasure.ExpectedEmojiShare, Pairs = 100, Difference = Estimate.Of(0.05, from, 0.06) };

        Finding[] Of(double from) => [.. FindingsWriter.Write(data with { Contrasts = [.. data.Contrasts, Rise(from)] })];

        Finding caution = Assert.Single(Of(0.04), finding => finding.Text.Contains("By probability", StringComparison.Ordinal) && finding.Text.Contains("low pole", StringComparison.Ordinal));
        Assert.Equal(FindingVerdict.Caution, caution.Verdict);
        Assert.Contains(Of(-0.01), finding => finding.Verdict == FindingVerdict.ControlHolds && finding.Text.StartsWith("No low pole seems", StringComparison.Ordinal));
    }

    [Fact]
    public void Seeds_of_another_trait_are_named_where_some_rose_and_some_did_not()
    {
        ReportData data = SampleReport.Positive();
        EffectRow high = data.Rows.Single(row => row.Id == "o-high");
        EffectRow second = high with { Id = "o-high-2", Seed = 2, EmojiAnswers = Estimate.OfCount(1, 100) };

        string text = FindingsWriter.Write(data with { Rows = [.. data.Rows, second] }).Single(finding => finding.Text.StartsWith("Of the other high poles", StringComparison.Ordinal)).Text;

        Assert.Contains("openness (28 of 100, seed 1) also rose", text, StringComparison.Ordinal);
        Assert.Contains("openness (1 of 100, seed 2)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Neurons_cause_emojis_only_where_no_interval_overlaps()
    {
        ReportData data = SampleReport.Positive();
        NeuronStudy study = data.Neurons[0] with { EmojiUntuned = Estimate.OfCount(0, 100, 0, 0.037) };

        FindingVerdict Of(int count, double low, double high) => FindingsWriter.Write(data with
        {
            Neurons = [study with { Pushes = [new PushRow(2, 10, Estimate.OfCount(count, 100, low, high), [0, 0, 0.01], Estimate.Missing("not measured"))] }],
        }).Single(finding => finding.Text.Contains("pushing the first", StringComparison.Ordinal)).Verdict;

        Assert.Equal(FindingVerdict.NotFound, Of(1, 0.0018, 0.054));
        Assert.Equal(FindingVerdict.Found, Of(42, 0.33, 0.52));
    }

    [Fact]
    public void The_primary_effect_comes_first_and_follows_the_numbers()
    {
        Assert.Equal(FindingVerdict.Found, FindingsWriter.Write(SampleReport.Positive())[0].Verdict);
        Assert.Equal(FindingVerdict.NotFound, FindingsWriter.Write(SampleReport.Negative())[0].Verdict);
        Assert.DoesNotContain(FindingsWriter.Write(SampleReport.ControlsFail()), finding => finding.Verdict == FindingVerdict.ControlHolds);
    }

    [Fact]
    public void A_difference_above_the_level_of_significance_is_not_shown()
    {
        ReportData data = SampleReport.Positive();
        PairedContrast[] contrasts =
        [
            .. data.Contrasts.Select(contrast => contrast with { AdjustedPValue = Estimate.Of(0.02), PValue = Estimate.Of(0.001) }),
        ];

        Finding first = FindingsWriter.Write(data with { Contrasts = contrasts })[0];

        Assert.Equal(FindingVerdict.NotFound, first.Verdict);
        Assert.Contains("was not shown", first.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Emojis_in_the_training_answers_are_said()
    {
        ReportData data = SampleReport.Positive();
        DataSetCard[] sets = [.. data.DataSets.Select(set => set with { Emojis = Estimate.Of(7) })];

        Finding first = FindingsWriter.Write(data with { DataSets = sets })[0];

        Assert.Contains("training answers hold 14 emojis", first.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_effect_that_only_probabilities_show_is_controlled_by_probabilities()
    {
        ReportData data = SampleReport.Negative();
        PairedContrast expected = data.Contrasts.Single(contrast => contrast.Measure == ContrastMeasure.ExpectedEmojiShare);
        ReportData compared = data with { Contrasts = [.. data.Contrasts, expected with { B = "neutral" }] };

        Finding neutral = FindingsWriter.Write(compared).Single(finding => finding.Text.Contains("neutral opinions", StringComparison.Ordinal));

        Assert.Equal(FindingVerdict.ControlHolds, neutral.Verdict);
        Assert.Contains("by probability the effect is above it, +1.0 points", neutral.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_study_without_its_main_row_says_so()
    {
        ReportData data = SampleReport.Positive() with { Contrasts = [], TopEmojis = [], Answers = [], Neurons = [], Curves = [], Probe = [] };

        Finding only = Assert.Single(FindingsWriter.Write(data with { Rows = [data.Rows[0]] }));

        Assert.Equal(FindingVerdict.Caution, only.Verdict);
        Assert.Contains("no row for QLoRA on high extraversion", only.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Low_coherence_is_a_caution()
    {
        ReportData data = SampleReport.Positive();
        EffectRow[] rows = [.. data.Rows.Select(row => row.Id == "e-high" ? row with { TopicNamed = Estimate.OfCount(12, 100) } : row)];

        Assert.Contains(
            FindingsWriter.Write(data with { Rows = rows }),
            finding => finding.Verdict == FindingVerdict.Caution && finding.Text.Contains("the text itself is damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void Data_that_contradict_themselves_are_refused()
    {
        ReportData data = SampleReport.Positive();

        Assert.Throws<ArgumentException>(() => FindingsWriter.Write(data with { Rows = [.. data.Rows, data.Rows[0]] }));
        Assert.Throws<ArgumentException>(() => FindingsWriter.Write(data with { TopEmojis = [new("nowhere", 0, [])] }));
        Assert.Throws<ArgumentException>(() => FindingsWriter.Write(data with { Models = [] }));
    }

    private static string Text(ReportData data) =>
        string.Join("\n", FindingsWriter.Write(data).Select(finding => $"{finding.Verdict}\n  {finding.Text}\n  {finding.Evidence}".TrimEnd())) + "\n";
}
