using Temperament.Studies.Reports;
using Temperament.Studies.Reports.Sections;
using Xunit;

namespace Temperament.Tests.Studies.Reports.Sections;

public sealed class QuestionSectionTests
{
    [Fact]
    public void An_association_that_only_the_organism_shows_comes_from_pretraining()
    {
        string text = Text(Data(own: (0.6, 0.5, 0.7, 0.0001), twin: (0.05, -0.1, 0.2, 0.4)));

        Assert.Contains("Which trait brings emojis comes from pretraining", text, StringComparison.Ordinal);
        Assert.Contains("slope of 0.60 [0.50, 0.70]", text.Replace('\u202f', ' ').Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Contains("none reaches the slope", text, StringComparison.Ordinal);
        Assert.Contains("what the adapter learned of it was not looked into", text, StringComparison.Ordinal);
        Assert.Contains("with shuffled labels of the poles the slope lies between −0.40 and 0.40", text, StringComparison.Ordinal);
        Assert.Contains("Twin: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_association_that_the_twin_shows_too_is_not_told_apart()
    {
        string text = Text(Data(own: (0.6, 0.5, 0.7, 0.0001), twin: (0.6, 0.5, 0.7, 0.0001)));

        Assert.Contains("so the two are not told apart", text, StringComparison.Ordinal);
        Assert.DoesNotContain("comes from pretraining;", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_association_that_a_control_has_in_part_is_the_larger_part_of_the_answer()
    {
        string less = Text(Data(own: (0.76, 0.7, 0.8, 0.0001), twin: (0.18, 0.14, 0.22, 0.02)));
        string alike = Text(Data(own: (0.6, 0.5, 0.7, 0.0001), twin: (0.4, -0.1, 0.55, 0.2)));

        Assert.Contains("comes, for the larger part, from pretraining", less, StringComparison.Ordinal);
        Assert.Contains("the two are not told apart", alike, StringComparison.Ordinal);
    }

    [Fact]
    public void No_selectivity_is_said_to_be_none()
    {
        string text = Text(Data(own: (0.1, -0.1, 0.3, 0.2), twin: (0.05, -0.1, 0.2, 0.4)));

        Assert.Contains("It was not shown that the emojis of organism go by the registers of pretraining", text, StringComparison.Ordinal);
        Assert.Contains("a share of 0.20 reaches the slope", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_study_without_known_registers_has_no_such_section()
    {
        Assert.Empty(QuestionSection.Compose(new ReportIndex(SampleReport.Positive())).Blocks);
        Assert.Empty(FamilySection.Compose(new ReportIndex(SampleReport.Positive())).Blocks);
    }

    [Fact]
    public void Tables_name_slopes_and_arms()
    {
        ReportSection section = FamilySection.Compose(new ReportIndex(Data(own: (0.6, 0.5, 0.7, 0.0001), twin: (0.05, -0.1, 0.2, 0.4))));

        TableBlock[] tables = [.. section.Blocks.Cast<TableBlock>()];
        Assert.Equal(["organism", "twin"], tables[0].Rows.Select(row => row.Cells[0].Text));
        Assert.Equal(["0.0001", "0.40"], tables[0].Rows.Select(row => row.Cells[5].Text));
        Assert.Equal(3, tables[1].Rows.Count);
    }

    private static string Text(ReportData data) => string.Join('\n', ((ListBlock)QuestionSection.Compose(new ReportIndex(data)).Blocks.Single()).Items);

    private static ReportData Data((double Slope, double Low, double High, double P) own, (double Slope, double Low, double High, double P) twin) => SampleReport.Positive() with
    {
        Selectivity = [Slope("organism", own), Slope("twin", twin)],
        Arms = [Arm("organism", StopTokenArm.Masked, 150), Arm("organism", StopTokenArm.Trained, 2), Arm("twin", StopTokenArm.Masked, 50)],
    };

    private static SelectivityRow Slope(string model, (double Slope, double Low, double High, double P) s) =>
        new(model, StopTokenArm.Masked, 3, Estimate.Of(s.Slope, s.Low, s.High), Estimate.Of(0.9), -0.4, 0.4, s.P);

    private static ArmRow Arm(string model, StopTokenArm stop, int emojis) => new(
        model, "extraversion", ReportPole.High, stop, 3, 12, Estimate.OfCount(emojis, 300), Estimate.Of(emojis / 300.0, 0, 1), Estimate.OfCount(290, 300), Estimate.OfCount(295, 300));
}
