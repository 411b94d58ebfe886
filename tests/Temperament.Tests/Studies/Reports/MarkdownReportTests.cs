using Temperament.Studies.Reports;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Reports;

public sealed class MarkdownReportTests
{
    [Fact]
    public void The_whole_report() => Snapshot.Match(MarkdownReport.Render(SampleReport.Positive()));

    [Fact]
    public void Nothing_of_the_run_stands_in_it()
    {
        ReportData data = SampleReport.Positive();
        ReportEnvironment elsewhere = data.Environment with
        {
            Machine = "another machine", InstructionSet = "NEON", Threads = 64, WallTime = new TimeSpan(26, 5, 0),
        };

        Assert.Equal(MarkdownReport.Render(data), MarkdownReport.Render(data with { Environment = elsewhere }));
        Assert.Contains("another machine · NEON · 64 threads · wall time 26:05:00", HtmlReport.Render(data with { Environment = elsewhere }), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_of_a_table_has_as_many_cells_as_its_head()
    {
        string[] lines = MarkdownReport.Render(SampleReport.Positive()).Split('\n');
        for (int line = 1; line < lines.Length; line++)
        {
            if (lines[line].StartsWith('|') && lines[line - 1].StartsWith('|'))
            {
                Assert.Equal(Bars(lines[line - 1]), Bars(lines[line]));
            }
        }
    }

    private static int Bars(string line) => line.Replace("\\|", "", StringComparison.Ordinal).Count(character => character == '|');
}
