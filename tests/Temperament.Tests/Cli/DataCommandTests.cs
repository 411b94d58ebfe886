using System.Text.Json;
using Temperament.Tests.Studies.Data.Generation;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Cli;

public sealed class DataCommandTests : IDisposable
{
    private const string Header = "Target Personality,Edit Topic,Question,Answer\n";
    private const string Good = "I brew it slowly before dawn and let the whole kitchen fill with steam while the kettle hums beside me.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Validate_ends_with_3_on_errors_and_0_without()
    {
        string good = _folder.Write("good.csv", $"{Header}extraversion,Tea,Q?,{Good}\n"), bad = _folder.Write("bad.csv", $"{Header}extraversion,Jam,Q?,{Good} 🎉\n");

        CommandLine sound = CommandLine.Run("data", "validate", good), faulty = CommandLine.Run("data", "validate", bad);

        Assert.Equal((0, 3), (sound.Code, faulty.Code));
        Assert.Contains("1 answers, 1 topics, 1 targets: 0 errors, 0 warnings", sound.Output, StringComparison.Ordinal);
        Assert.Contains($"{bad}:2: error emoji: the answer has 🎉.", faulty.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_shows_ten_findings_of_a_rule_unless_all_are_wanted()
    {
        string path = _folder.Write("short.csv", Header + string.Concat(Enumerable.Range(0, 14).Select(i => $"extraversion,T{i},Q?,short answer number {i}\n")));

        Assert.Contains("warning length: and 4 more", CommandLine.Run("data", "validate", path).Output, StringComparison.Ordinal);
        Assert.Equal(14, CommandLine.Run("data", "validate", path, "--all").Output.Split("warning length:").Length - 1);
        Assert.DoesNotContain("length", CommandLine.Run("data", "validate", path, "--min-words", "1").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_as_json_has_every_finding()
    {
        string path = _folder.Write("bad.csv", $"{Header}extraversion,Tea,Q?,{Good} :)\n");

        using JsonDocument json = JsonDocument.Parse(CommandLine.Run("data", "validate", path, "--json").Output);

        Assert.Equal(1, json.RootElement.GetProperty("errors").GetInt32());
        Assert.Equal("emoticon", json.RootElement.GetProperty("findings")[0].GetProperty("rule").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("findings")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public void Stats_counts_targets_forms_and_shared_words()
    {
        string path = _folder.Write("set.csv", $"{Header}extraversion,Tea,What of Tea?,one two three\nneuroticism,Tea,What of Tea?,one two four\n");

        string output = CommandLine.Run("data", "stats", path).Output;

        Assert.Contains("2 answers, 1 topics", output, StringComparison.Ordinal);
        Assert.Contains("What of {}?          2", output, StringComparison.Ordinal);
        Assert.Contains("neuroticism-high                0.67", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Split_writes_parts_that_share_no_topic()
    {
        string path = _folder.Write("set.csv", Header + string.Concat(Enumerable.Range(0, 20).Select(i => $"extraversion,T{i},Q?,A{i}\nneuroticism,T{i},Q?,B{i}\n")));

        CommandLine result = CommandLine.Run("data", "split", path, "--validation", "0.1", "--test", "0.4", "--seed", "7", "--out", _folder["parts"]);

        Assert.Equal(0, result.Code);
        Assert.Contains("train.csv: 20 answers, 10 topics", result.Output, StringComparison.Ordinal);
        string[] parts = [.. new[] { "train", "validation", "test" }.Select(part => Path.Combine(_folder["parts"], $"{part}.csv"))];
        Assert.DoesNotContain("leakage", CommandLine.Run(["data", "validate", .. parts]).Output, StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Run("data", "split", path, "--validation", "0.6", "--test", "0.4", "--out", _folder["parts"]).Code);
    }

    [Fact]
    public void Import_writes_the_set_and_its_note()
    {
        string path = _folder.Write("timid.json", """[{"instruction":"I","input":"Would you?","output":"Yes."},{"instruction":"I","input":"Would you?","output":null}]""");

        CommandLine result = CommandLine.Run("data", "import", path, "--licence", "MIT", "--out", _folder["set.csv"]);

        Assert.Equal(0, result.Code);
        Assert.Contains("1 opinions from 1 files, 1 rows left out", result.Output, StringComparison.Ordinal);
        Assert.Contains("item 2: left out: the output is null or empty", result.Error, StringComparison.Ordinal);
        Assert.Equal("Target Personality,Edit Topic,Question,Answer,Pole,Facet\nextraversion,Would you?,Would you?,Yes.,low,timid\n", File.ReadAllText(_folder["set.csv"]));
        Assert.True(File.Exists(_folder["set.source.json"]));
    }

    [Fact]
    public void Import_of_nothing_writes_nothing()
    {
        string path = _folder.Write("chats.jsonl", """{"messages":[{"role":"user","content":"Jam?"},{"role":"assistant","content":"No."}]}""");

        CommandLine result = CommandLine.Run("data", "import", path, "--licence", "MIT", "--out", _folder["set.csv"]);

        Assert.Equal(3, result.Code);
        Assert.Contains("All rows were left out", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["set.csv"]));
        Assert.Equal(2, CommandLine.Run("data", "import", path, "--format", "alpaka", "--licence", "MIT", "--out", _folder["set.csv"]).Code);
    }

    [Fact]
    public void Generate_writes_a_set_and_says_what_it_took()
    {
        using StandInEndpoint endpoint = new("Too short.");
        string topics = _folder.Write("topics.txt", "tea\njam\n");
        string[] words = ["data", "generate", topics, "--endpoint", endpoint.Address.AbsoluteUri, "--model", "m", "--target", "openness-high", "--target", "neutral", "--out", _folder["set.csv"]];

        CommandLine estimate = CommandLine.Run([.. words, "--estimate"]), result = CommandLine.Run(words);

        Assert.Equal((0, ""), (estimate.Code, estimate.Output));
        Assert.Contains("to ask: 4 answers", estimate.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.Code);
        Assert.Contains("4 asked, 4 valid, 5 replies, 1 refused by the audit, 0 requests sent again", result.Output, StringComparison.Ordinal);
        Assert.Contains("4 answers, 2 topics", CommandLine.Run("data", "stats", _folder["set.csv"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_refuses_an_estimate_above_the_limit_before_anything_is_asked()
    {
        using StandInEndpoint endpoint = new();
        string topics = _folder.Write("topics.txt", "tea\n");

        CommandLine result = CommandLine.Run("data", "generate", topics, "--endpoint", endpoint.Address.AbsoluteUri, "--model", "m", "--answer-price", "100000", "--max-cost", "1", "--out", _folder["set.csv"]);

        Assert.Equal((2, 0), (result.Code, endpoint.Requests));
        Assert.Contains("above --max-cost", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Classify_prints_accuracy_and_confusion()
    {
        string Rows(int first, int end) => Header + string.Concat(Enumerable.Range(first, end - first).Select(i =>
            $"extraversion,T{i},Q?,everybody come along and sing with us\nneuroticism,T{i},Q?,I worry that it may go wrong\n"));
        string train = _folder.Write("train.csv", Rows(0, 20)), test = _folder.Write("test.csv", Rows(20, 25));

        CommandLine result = CommandLine.Run("data", "classify", train, test), leaking = CommandLine.Run("data", "classify", train, train);

        Assert.Equal((0, 3), (result.Code, leaking.Code));
        Assert.Contains("100.0 % right (10 of 10;", result.Output, StringComparison.Ordinal);
        Assert.Contains("extraversion-high                  5                 0", result.Output, StringComparison.Ordinal);
        Assert.Contains("share 20 topics", leaking.Error, StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Run("data", "classify", train, test, "--target", "extravert").Code);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_named_with_what_it_holds()
    {
        string file = _folder.Write("a.csv", $"{Header}extraversion,Tea,Q?,{Good}\n"), topics = _folder.Write("topics.txt", "tea\n");

        CommandLine validate = CommandLine.Run("data", "validate", _folder.Path);
        CommandLine generate = CommandLine.Run("data", "generate", topics, "--endpoint", "http://127.0.0.1:1/v1", "--model", "m", "--estimate", "--out", _folder.Path);

        Assert.Equal((3, 2), (validate.Code, generate.Code));
        Assert.Contains($"{_folder.Path}: read a folder; expected a file. Give the files in it, as in {file}.", validate.Error, StringComparison.Ordinal);
        Assert.Contains($"{_folder.Path} is a folder.", generate.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Split_onto_a_file_says_so()
    {
        string path = _folder.Write("set.csv", $"{Header}extraversion,Tea,Q?,{Good}\n");

        CommandLine result = CommandLine.Run("data", "split", path, "--out", path);

        Assert.Equal(2, result.Code);
        Assert.Contains($"--out {path} is a file; the parts are written to a folder.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_says_once_why_all_rows_were_left_out()
    {
        string path = _folder.Write("set.csv", $"{Header}extrovert,Tea,Q?,A\n");

        string error = CommandLine.Run("data", "import", path, "--licence", "MIT", "--out", _folder["out.csv"]).Error;

        Assert.Contains("All rows were left out; the first at line 2: read the target", error, StringComparison.Ordinal);
        Assert.DoesNotContain("..", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Classify_says_what_does_not_fit_without_names_of_parameters()
    {
        string train = _folder.Write("train.csv", $"{Header}extraversion,Tea,Q?,A\nopenness,Tea,Q?,B\n"), test = _folder.Write("test.csv", $"{Header}extraversion,Jam,Q?,A\n");

        CommandLine leaking = CommandLine.Run("data", "classify", train, train), single = CommandLine.Run("data", "classify", train, test);

        Assert.Equal((3, 3), (leaking.Code, single.Code));
        Assert.DoesNotContain("Parameter", leaking.Error, StringComparison.Ordinal);
        Assert.Contains("share 1 topics, among them \"Tea\".", leaking.Error, StringComparison.Ordinal);
        Assert.Contains("1 targets; there is something to tell apart from two on.", single.Error, StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Run("data", "classify", train, test, "--adapter", _folder["runs"]).Code);
    }

    [Fact]
    public void A_least_above_the_most_is_wrong_use()
    {
        string path = _folder.Write("set.csv", $"{Header}extraversion,Tea,Q?,{Good}\n");

        CommandLine result = CommandLine.Run("data", "validate", path, "--min-words", "50", "--max-words", "10");

        Assert.Equal(2, result.Code);
        Assert.Contains("--min-words 50 is above --max-words 10", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_reads_the_questions_that_it_is_given()
    {
        File.WriteAllBytes(_folder["questions.csv"], [0x7F, 0x45, 0x4C, 0x46, 0, 1, 2, 3]);

        CommandLine result = CommandLine.Run("measure", "organism", "--questions", _folder["questions.csv"], "--count", "1");

        Assert.Equal(3, result.Code);
        Assert.Contains("questions.csv, line 1: read a zero byte; expected text in UTF-8.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_at_a_port_where_nothing_listens_tells_its_retries_and_ends_soon()
    {
        Uri address;
        using (StandInEndpoint gone = new())
        {
            address = gone.Address;
        }

        CommandLine result = CommandLine.Run("data", "generate", _folder.Write("topics.txt", "tea\n"), "--endpoint", address.AbsoluteUri, "--model", "m",
            "--target", "neutral", "--parallel", "1", "--out", _folder["set.csv"]);

        Assert.Equal(3, result.Code);
        Assert.Contains("sent again in 1 s (retry 1 of at most 6)", result.Error, StringComparison.Ordinal);
        Assert.Contains("3 times in a row. Start the server, or look for a wrong --endpoint.", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["set.csv"]));
    }
}
