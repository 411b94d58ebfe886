using System.Text.Json;
using Temperament.Studies.Reports;
using Xunit;

namespace Temperament.Tests.Studies.Reports;

public sealed class JsonReportTests
{
    [Fact]
    public void What_is_read_renders_to_the_same_bytes()
    {
        string written = JsonReport.Render(SampleReport.Positive());

        ReportData read = JsonReport.Read(written);

        Assert.Equal(written, JsonReport.Render(read));
        Assert.Equal(MarkdownReport.Render(SampleReport.Positive()), MarkdownReport.Render(read));
    }

    [Fact]
    public void A_missing_number_is_null_beside_its_reason()
    {
        using JsonDocument document = JsonDocument.Parse(JsonReport.Render(SampleReport.Positive()));

        JsonElement missing = document.RootElement.GetProperty("data").GetProperty("rows")[0].GetProperty("ownSetShare");

        Assert.Equal(JsonValueKind.Null, missing.GetProperty("value").ValueKind);
        Assert.Equal("no emoji written", missing.GetProperty("missingReason").GetString());
        Assert.Equal("Found", document.RootElement.GetProperty("findings")[0].GetProperty("verdict").GetString());
    }

    [Fact]
    public void Another_version_is_refused_by_name()
    {
        string other = JsonReport.Render(SampleReport.Positive()).Replace(JsonReport.Format, "temperament-report/9", StringComparison.Ordinal);

        JsonException refusal = Assert.Throws<JsonException>(() => JsonReport.Read(other));

        Assert.Contains("temperament-report/9", refusal.Message, StringComparison.Ordinal);
    }
}
