using Temperament.Measures.Metrics;
using Xunit;

namespace Temperament.ModelTests.Measures;

public class MetricDocumentationTests
{
    [Fact]
    public void Every_metric_has_its_row_in_the_document_and_no_row_is_left_over()
    {
        string[] rows =
        [
            .. File.ReadLines(OracleFiles.Repository("docs/measures.md"))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .Select(line => line.Split('`')[1]),
        ];

        Assert.Equal(MetricCatalog.All.Select(metric => metric.Id), rows);
    }
}
