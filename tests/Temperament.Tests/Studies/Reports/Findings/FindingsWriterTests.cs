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
