using Temperament.Studies.Reports;
using Temperament.Studies.Reports.Sections;
using Xunit;

namespace Temperament.Tests.Studies.Reports.Sections;

public sealed class ProvenanceSectionTests
{
    [Theory]
    [InlineData(new long[0], "The study names no adapter seeds with which its settings were chosen, so nothing shows that they were chosen apart from the reported numbers.")]
    [InlineData(new long[] { 11 }, "Settings were chosen with the adapter seeds 11; no reported cell has one of them.")]
    [InlineData(new long[] { 11, 1 }, "Settings were chosen with the adapter seeds 11 and 1; reported cells share 1.")]
    public void Whether_settings_were_chosen_apart_is_told_by_their_seeds(long[] seeds, string expected)
    {
        ReportData data = SampleReport.Positive();

        ReportSection section = ProvenanceSection.Compose(new ReportIndex(data with { Provenance = data.Provenance with { SelectionSeeds = seeds } }));

        Assert.Equal(expected, section.Blocks.OfType<ProseBlock>().Last().Text);
    }
}
