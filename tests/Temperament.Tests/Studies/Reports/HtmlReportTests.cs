using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Temperament.Studies.Reports;
using Xunit;

namespace Temperament.Tests.Studies.Reports;

public sealed partial class HtmlReportTests
{
    public static TheoryData<string> Variants => ["positive", "negative", "fails"];

    [Theory]
    [MemberData(nameof(Variants))]
    public void It_is_well_formed_and_every_name_is_unique(string variant)
    {
        XDocument page = Parse(Variant(variant));

        string[] names = [.. page.Descendants().Attributes("id").Select(attribute => attribute.Value)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(
            page.Descendants("a").Attributes("href"),
            link => Assert.Contains(link.Value[1..], names));
        Assert.All(
            page.Descendants("svg").Attributes("aria-labelledby").SelectMany(label => label.Value.Split(' ')),
            name => Assert.Contains(name, names));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void It_asks_for_nothing_outside_itself(string variant)
    {
        string page = HtmlReport.Render(Variant(variant));

        Assert.DoesNotMatch(OutsideReference(), page);
        Assert.DoesNotContain(Parse(Variant(variant)).Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe");
    }

    [Fact]
    public void Answers_stay_text()
    {
        string page = HtmlReport.Render(SampleReport.Positive());

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>bold", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot;", page, StringComparison.Ordinal);
        Assert.Contains("an empty answer", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_table_row_has_a_cell_for_each_column()
    {
        foreach (XElement table in Parse(SampleReport.Positive()).Descendants("table"))
        {
            int columns = table.Element("thead")!.Descendants("th").Count();
            foreach (XElement row in table.Element("tbody")!.Elements("tr"))
            {
                Assert.Equal(columns, row.Elements().Sum(cell => (int?)cell.Attribute("colspan") ?? 1));
            }
        }
    }

    [Fact]
    public void Findings_come_first_and_the_caution_stands_above_them()
    {
        string page = HtmlReport.Render(SampleReport.Positive());

        Assert.True(page.IndexOf("built into its pretraining text", StringComparison.Ordinal) < page.IndexOf("id=\"findings\"", StringComparison.Ordinal));
        Assert.Equal("findings", Parse(SampleReport.Positive()).Descendants("section").First().Attribute("id")!.Value);
    }

    [Fact]
    public void A_study_with_almost_nothing_in_it_still_has_a_report()
    {
        ReportData data = SampleReport.Positive() with
        {
            Rows = [], Contrasts = [], TopEmojis = [], Answers = [], Neurons = [], Curves = [], Probe = [], DataSets = [], Limits = [], Methods = [],
        };

        Assert.NotEmpty(Parse(data).Descendants("section"));
        Assert.NotEmpty(MarkdownReport.Render(data));
    }

    private static ReportData Variant(string name) => name switch
    {
        "positive" => SampleReport.Positive(),
        "negative" => SampleReport.Negative(),
        _ => SampleReport.ControlsFail(),
    };

    private static XDocument Parse(ReportData data)
    {
        using XmlReader reader = XmlReader.Create(
            new StringReader(HtmlReport.Render(data)),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    [GeneratedRegex("""(src|href|action)\s*=\s*"(?!#)|url\(|@import|https?://""", RegexOptions.IgnoreCase)]
    private static partial Regex OutsideReference();
}
