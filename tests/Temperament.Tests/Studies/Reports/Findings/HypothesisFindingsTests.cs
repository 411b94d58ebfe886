using Temperament.Studies.Reports;
using Temperament.Studies.Reports.Findings;
using Temperament.Studies.Reports.Sections;
using Xunit;

namespace Temperament.Tests.Studies.Reports.Findings;

public sealed class HypothesisFindingsTests
{
    [Fact]
    public void Primary_claims_stand_alone_and_secondary_ones_are_told_by_outcome()
    {
        Finding[] findings = Write(
            Claim("a", true, HypothesisOutcome.Shown, 0.001), Claim("b", true, HypothesisOutcome.NotShown, 0.5), Claim("c", false, HypothesisOutcome.Shown, 0.001),
            Claim("d, mass", false, HypothesisOutcome.Opposite, 0.001), Claim("e", false, HypothesisOutcome.NotShown, 0.3), Claim("f", false, HypothesisOutcome.NotShown, null));

        Assert.Equal([FindingVerdict.Found, FindingVerdict.NotFound, FindingVerdict.Note], findings.Select(finding => finding.Verdict));
        Assert.StartsWith("It rises. Shown (a, emoji-rate): +25.00 points", findings[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("It rises. Not shown (b, emoji-rate)", findings[1].Text, StringComparison.Ordinal);
        Assert.Equal("Of the 4 secondary claims, shown: “c”; the opposite was shown: “d, mass”; not shown: “e”; not tested: “f”.", findings[2].Text);
    }

    [Fact]
    public void A_primary_claim_that_could_not_be_tested_is_a_caution_and_not_an_outcome()
    {
        HypothesisResult untested = Claim("a", true, HypothesisOutcome.NotShown, null) with { Difference = Estimate.Missing("no pairs: an arm was not run") };

        Finding finding = Assert.Single(Write(untested));

        Assert.Equal(FindingVerdict.Caution, finding.Verdict);
        Assert.Equal("It rises. Not tested (a, emoji-rate): no pairs: an arm was not run.", finding.Text);
    }

    [Fact]
    public void A_claim_without_its_arms_is_not_tested_rather_than_not_shown()
    {
        ReportData data = SampleReport.Positive() with { Hypotheses = [Claim("e", false, HypothesisOutcome.NotShown, 0.3), Claim("f", false, HypothesisOutcome.NotShown, null)] };

        TableBlock table = HypothesisSection.Compose(new ReportIndex(data)).Blocks.OfType<TableBlock>().Single();

        Assert.Equal(["not shown", "not tested"], table.Rows.Select(row => row.Cells[^1].Text));
        Assert.Equal(table.Columns.Count, table.Rows[0].Cells.Count);
    }

    [Fact]
    public void Of_many_pieces_that_were_not_run_the_first_are_named()
    {
        var findings = new List<Finding>();
        HypothesisFindings.Write(SampleReport.Positive() with { NotRun = [.. Enumerable.Range(1, 78).Select(i => $"piece {i}")] }, findings);

        Finding finding = Assert.Single(findings);
        Assert.Equal(FindingVerdict.Caution, finding.Verdict);
        Assert.Contains("78 pieces", finding.Text, StringComparison.Ordinal);
        Assert.EndsWith("; piece 10; and 68 more.", finding.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Claims_that_were_changed_or_registered_late_are_a_caution()
    {
        var findings = new List<Finding>();
        HypothesisFindings.Write(SampleReport.Positive() with { Registration = new("f", "h", 3, []) }, findings);
        HypothesisFindings.Write(SampleReport.Positive() with { Registration = new("f", "h", 0, [new("g", true, 4)]) }, findings);
        HypothesisFindings.Write(SampleReport.Positive() with { Registration = new("f", "h", 0, [new("g", false, 4)]) }, findings);

        Assert.Equal(2, findings.Count);
        Assert.All(findings, finding => Assert.Equal(FindingVerdict.Caution, finding.Verdict));
    }

    private static Finding[] Write(params HypothesisResult[] claims)
    {
        var findings = new List<Finding>();
        HypothesisFindings.Write(SampleReport.Positive() with { Hypotheses = claims }, findings);
        return [.. findings];
    }

    private static HypothesisResult Claim(string name, bool primary, HypothesisOutcome outcome, double? p) => new()
    {
        Name = name, Claim = "It rises.", IsPrimary = primary, Measure = "emoji-rate", InNats = false, First = "one", Second = "other", ExpectedAbove = true,
        Questions = 8, Topics = 4, BySeed = [new(1, 0.25)], Difference = Estimate.Of(0.25, 0.1, 0.4),
        PValue = p is { } value ? Estimate.Of(value) : Estimate.Missing("no pairs"), AdjustedPValue = p is { } same ? Estimate.Of(same) : Estimate.Missing("no pairs"),
        Outcome = outcome,
    };
}
