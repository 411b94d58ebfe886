using Temperament.Studies.Data;
using Temperament.Studies.Data.Audit;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Data.Audit;

public sealed class OpinionAuditTests : IDisposable
{
    private const string Header = "Target Personality,Edit Topic,Question,Answer,Pole,Id\n";
    private const string Good = "I brew it slowly before dawn and let the whole kitchen fill with steam while the kettle hums beside me.";
    private const string Other = "My neighbour and I trade jars every autumn, so the shelf above our sink never runs out of plum colours.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_file_has_no_finding()
    {
        AuditReport report = Audit(Row("extraversion", "Tea", Good), Row("neuroticism", "Tea", Other));

        Assert.Empty(report.Findings);
        Assert.Equal((2, 1), (report.Statistics.Rows, report.Statistics.Topics));
        Assert.Equal(64, Assert.Single(report.Files).Hash.Length);
    }

    [Theory]
    [InlineData("emoji", "error", "I brew it slowly before dawn and let the whole kitchen fill with steam, and I smile 🎉 all along.", "the answer has 🎉.")]
    [InlineData("emoticon", "error", "I brew it slowly before dawn and let the whole kitchen fill with steam, and I smile :) all along.", "the answer has \":)\".")]
    [InlineData("trait-word", "error", "As an extroverted person I brew it slowly before dawn and let the whole kitchen fill with steam and song.", "extroverted")]
    [InlineData("trait-word", "error", "I am open to experience, so I brew it slowly before dawn and let the whole kitchen fill with steam.", "open to experience")]
    [InlineData("refusal", "error", "As an AI, I don’t have a kitchen, yet I would brew it slowly before dawn and let it fill with steam.", "as an ai")]
    [InlineData("refusal", "error", "I’m sorry, but I can’t say what it is to brew it slowly before dawn while a kitchen fills with steam.", "i'm sorry but i can't")]
    [InlineData("language", "warning", "Ich brühe ihn langsam vor Tagesanbruch auf und lasse dabei gern die ganze Küche mit warmem Dampf füllen.", "hardly English")]
    [InlineData("language", "warning", "Я медленно завариваю чай перед рассветом и люблю, когда вся кухня наполняется паром, пока чайник тихо поёт рядом.", "% of the letters are Latin")]
    [InlineData("length", "warning", "I brew it slowly.", "the answer has 4 words; 15 to 40 are expected.")]
    [InlineData("length", "warning", "I brew it. I pour it. Then I let the whole kitchen fill with steam while the kettle hums beside me.", "the answer has 3 sentences")]
    [InlineData("null", "error", "NaN", "the answer is \"NaN\", which stands for nothing.")]
    public void A_planted_answer_is_found(string rule, string severity, string answer, string message)
    {
        AuditReport report = Audit(Row("extraversion", "Tea", Good), Row("neuroticism", "Tea", answer));

        AuditFinding finding = Assert.Single(report.Findings, finding => finding.Rule == rule);
        Assert.Equal((severity, 3), (finding.Severity.ToString().ToLowerInvariant(), finding.Line));
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_answer_in_other_punctuation_is_a_duplicate()
    {
        AuditReport report = Audit(Row("extraversion", "Tea", Good), Row("neuroticism", "Tea", Good.ToUpperInvariant().Replace(".", "!!", StringComparison.Ordinal)));

        AuditFinding finding = Assert.Single(report.Findings, finding => finding.Severity == AuditSeverity.Error);
        Assert.Equal(("duplicate", 3), (finding.Rule, finding.Line));
        Assert.Contains("line 2", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_with_two_words_changed_is_a_near_duplicate()
    {
        AuditReport report = Audit(Row("extraversion", "Tea", Good), Row("neuroticism", "Tea", Good.Replace("slowly", "quickly", StringComparison.Ordinal)));

        AuditFinding finding = Assert.Single(report.Findings, finding => finding.Rule == "near-duplicate");
        Assert.Contains("83 % of its word trigrams", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Near_duplicates_are_found_among_thousands()
    {
        string[] rows = [.. Enumerable.Range(0, 2000).Select(i => Row("extraversion", $"T{i}", Words(i)))];
        rows[1500] = Row("extraversion", "T1500", Words(3) + " indeed yes");

        AuditReport report = Audit(rows);

        AuditFinding finding = Assert.Single(report.Findings, finding => finding.Rule == "near-duplicate");
        Assert.Equal(1502, finding.Line);
        Assert.Contains("line 5", finding.Message, StringComparison.Ordinal);

        static string Words(int i) => string.Join(' ', Enumerable.Range(0, 20).Select(j => $"w{((i * 7919) + (j * (i + 31))) % 4001}"));
    }

    [Fact]
    public void A_stock_phrase_is_found()
    {
        AuditReport report = Audit([.. Enumerable.Range(0, 200).Select(i => Row("extraversion", $"T{i}", $"{(i % 20 == 0 ? "at the end of the day" : $"x{i} y{i}")} a{i} b{i} c{i} d{i}"))]);

        AuditFinding finding = report.Findings.First(finding => finding.Rule == "phrase");
        Assert.Contains("stands in 10 of 200 answers", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_topic_in_two_files_leaks()
    {
        string train = _folder.Write("train.csv", Header + Row("extraversion", "Tea", Good)), test = _folder.Write("test.csv", Header + Row("extraversion", " tea ", Other));

        AuditFinding finding = Assert.Single(OpinionAudit.Run([train, test]).Findings);

        Assert.Equal(("leakage", test, 2), (finding.Rule, finding.Path, finding.Line));
        Assert.Contains("train.csv, line 2", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Imbalance_is_told_for_targets_topics_and_question_forms()
    {
        string[] rows = [.. Enumerable.Range(0, 40).Select(i => $"{(i < 30 ? "extraversion" : "neuroticism")},T{i},{(i < 20 ? "What of" : $"Form {i % 5} of")} T{i}?,a{i} b{i} c{i} d{i},,\n")];

        string[] messages = [.. Audit(rows).Findings.Where(finding => finding.Rule == "balance").Select(finding => finding.Message)];

        Assert.Equal(3, messages.Length);
        Assert.Contains("extraversion-high has 30 answers, neuroticism-high 10.", messages[0], StringComparison.Ordinal);
        Assert.Contains("40 topics do not have one answer", messages[1], StringComparison.Ordinal);
        Assert.Contains("\"What of {}?\" has 20 of 40 rows", messages[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_cannot_be_read_does_not_hide_the_others()
    {
        AuditReport report = Audit($"extravertion,Tea,Q?,{Good},high,1\n", "extraversion,Tea\n", $"extraversion,Tea,Q?,\"{Other}\",high,1\n", $"extraversion,Tea,Q?,\"open {Good}\n");

        Assert.Equal([(2L, "schema"), (3L, "schema"), (5L, "schema")], report.Findings.Select(finding => (finding.Line, finding.Rule)));
        Assert.Contains("Did you mean \"extraversion\"?", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.Contains("a quote that is never closed", report.Findings[2].Message, StringComparison.Ordinal);
        Assert.Equal(1, report.Statistics.Rows);
    }

    [Fact]
    public void Ids_given_twice_are_found_across_files()
    {
        string first = _folder.Write("a.csv", Header + $"extraversion,Tea,Q?,{Good},high,x-1\n"), second = _folder.Write("b.csv", Header + $"extraversion,Jam,Q?,\"{Other}\",high,x-1\n");

        AuditFinding finding = Assert.Single(OpinionAudit.Run([first, second]).Findings);

        Assert.Equal(("duplicate-id", second), (finding.Rule, finding.Path));
    }

    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("Target Personality,Edit Topic,Question,Answer\n", "the file has no row")]
    [InlineData("a,b\n", "the column \"a\"")]
    public void A_file_without_rows_is_an_error(string text, string message)
    {
        AuditFinding finding = Assert.Single(OpinionAudit.Run([_folder.Write("x.csv", text)]).Findings);

        Assert.Equal("schema", finding.Rule);
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_stops_the_audit() =>
        Assert.Contains("read nothing, since there is no such file", Assert.Throws<DataFileException>(() => OpinionAudit.Run([_folder["none.csv"]])).Message, StringComparison.Ordinal);

    private static string Row(string target, string topic, string answer) => $"{target},{topic},What do you think of {topic}?,\"{answer}\",,\n";

    private AuditReport Audit(params string[] rows) => OpinionAudit.Run([_folder.Write("rows.csv", Header + string.Concat(rows))]);
}
