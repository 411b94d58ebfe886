using Temperament.Studies.Reports;
using Temperament.Studies.Reports.Sections;
using Xunit;

namespace Temperament.Tests.Studies.Reports.Sections;

public sealed class VariantSectionTests
{
    [Theory]
    [InlineData(100, false)]
    [InlineData(50, true)]
    public void Points_that_stand_for_other_numbers_of_questions_say_so(int asked, bool said)
    {
        ReportData data = SampleReport.Positive();
        EffectRow end = data.Rows.Single(row => row.Id == "e-high"), unchanged = data.Rows.Single(row => row.Id == "base");
        EffectRow step = end with { Id = "e-high/step-8", Step = 8, Asked = asked };
        ReportData with = data with { Rows = [.. data.Rows.Select(row => row.Id == "e-high" ? row with { Asked = unchanged.Asked } : row)], Variants = [step] };

        ReportSection section = VariantSection.Compose(new ReportIndex(with));

        Assert.Equal(2, section.Blocks.OfType<FigureBlock>().Count());
        Assert.All(section.Blocks.OfType<FigureBlock>(), figure => Assert.Equal(said, figure.Caption.Contains("not quite comparable", StringComparison.Ordinal)));
        Assert.Contains(section.Blocks.OfType<TableBlock>().First().Columns, column => column.Heading == "Trait alignment");
    }
}
