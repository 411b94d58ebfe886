using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Models.Checkpoints;
using Temperament.Methods.Training;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Cli;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("emoij", "Did you mean \"emoji\"?")]
    [InlineData("", "a command is missing")]
    [InlineData("model", "a command is missing")]
    [InlineData("model inof x", "Did you mean \"info\"?")]
    [InlineData("emoji --jsn", "Did you mean \"--json\"?")]
    [InlineData("emoji --threads 0 f", "--threads takes a whole number from 1 to 1024; \"0\" was given.")]
    [InlineData("emoji", "give a file F")]
    [InlineData("model logits m --tokens 1,b --out f", "\"b\" is none")]
    [InlineData("model logits m --tokens 1", "--out")]
    [InlineData("explain neurons organism", "Option '--adapter' is required.")]
    [InlineData("organism build organism-tvin", "Did you mean \"organism-twin\"?")]
    [InlineData("generate m --prompt hi --temperature hot", "--temperature takes a number from 0 to 100; \"hot\" was given.")]
    public void Wrong_use_is_2(string line, string message)
    {
        CommandLine result = CommandLine.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("MODEL", "model", "info", "")]
    [InlineData("F", "data", "stats", "f.csv", "")]
    [InlineData("--out", "model", "export", "m", "--format", "gguf", "--out", "")]
    [InlineData("--stop", "generate", "m", "--prompt", "hi", "--stop", "")]
    [InlineData("--adapter", "generate", "m", "--prompt", "hi", "--adapter", "")]
    public void An_empty_name_is_wrong_use(string name, params string[] words)
    {
        CommandLine result = CommandLine.Run(words);

        Assert.Equal(2, result.Code);
        Assert.Equal($"temper: {name} was given an empty text. Give a value, or leave it out.\n", result.Error);
    }

    [Fact]
    public void An_organism_is_not_built_over_something_else()
    {
        string folder = TemporaryFolder.New("temper"), file = Path.Combine(folder, "notes.txt");
        File.WriteAllText(file, "mine");

        CommandLine onFile = CommandLine.Run("organism", "build", "--out", file), onFolder = CommandLine.Run("organism", "build", "--out", folder);

        Assert.Equal((2, 2), (onFile.Code, onFolder.Code));
        Assert.Contains($"{file} is a file", onFile.Error, StringComparison.Ordinal);
        Assert.Contains($"{folder} holds something else", onFolder.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(file));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void An_output_that_exists_or_lies_below_a_file_is_wrong_use()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("taken", "");

        CommandLine onto = CommandLine.Run("model", "export", "organism", "--format", "gguf", "--out", file);
        CommandLine below = CommandLine.Run("model", "export", "organism", "--format", "gguf", "--out", Path.Combine(file, "a", "b.gguf"));

        Assert.Equal((2, $"temper: --out {file} exists already. Give another path, or remove it.\n"), (onto.Code, onto.Error));
        Assert.Equal(2, below.Code);
        Assert.Contains($"{file} is a file, so nothing can lie in it.", below.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adapters/e-high:abc", "\"abc\" behind adapters/e-high is no number")]
    [InlineData("adapters/e-high:NaN", "\"NaN\" behind adapters/e-high is no number")]
    [InlineData("adapters/e-high:", "\"\" behind adapters/e-high is no number")]
    public void A_scale_that_is_no_number_is_wrong_use(string adapter, string message)
    {
        CommandLine result = CommandLine.Run("generate", "organism", "--prompt", "hi", "--adapter", adapter);

        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_a_colon_in_its_name_is_a_folder()
    {
        using var folder = new TemporaryFolder();
        string named = Directory.CreateDirectory(folder["a:b"]).FullName;

        Assert.Equal(new AdapterChoice(named, 1), AdapterChoice.Parse(named));
        Assert.Equal(new AdapterChoice(named, 0.5), AdapterChoice.Parse(named + ":0.5"));
        Assert.Null(AdapterChoice.Complaint(named));
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_wrong_use()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal((2, $"temper: {folder.Path} is a folder. Give a file in it.\n"), Refusal("emoji", folder.Path));
        Assert.Equal((2, $"temper: {folder.Path} is a folder. Give a file in it.\n"), Refusal("emoji", "--jsonl", folder.Path));
    }

    [Fact]
    public void A_conversation_without_messages_is_named_with_its_line()
    {
        using var folder = new TemporaryFolder();
        string template = folder.Write("t.jinja", "{% for m in messages %}{{ m.content }}{% endfor %}"), lines = folder.Write("l.jsonl", "{\"turns\": []}\n");

        (int code, string error) = Refusal("tokenizer", "template", template, "--jsonl", lines);

        Assert.Equal(3, code);
        Assert.Contains("line 1: read an object without \"messages\" (it has turns); expected a list of turns", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_prompt_is_a_prompt() => Assert.Equal(3, CommandLine.Run("generate", "no-such-model", "--prompt", "", "--system", "").Code);

    [Theory]
    [InlineData("emoji no-such-file.txt")]
    [InlineData("emoji --jsonl no-such-file.jsonl")]
    [InlineData("model info no-such-model")]
    [InlineData("tokenizer encode no-such-model text")]
    [InlineData("generate no-such-model --prompt hi")]
    [InlineData("train no-such-recipe.json")]
    public void A_missing_file_is_3_and_named(string line)
    {
        string[] words = line.Split(' ');

        CommandLine result = CommandLine.Run(words);

        Assert.Equal(3, result.Code);
        Assert.Contains(words.Single(word => word.StartsWith("no-such", StringComparison.Ordinal)), result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_kind_of_failure_has_its_code_and_no_stack_trace()
    {
        Assert.Equal(3, Report(new CheckpointException("m", "a", "b", "c")));
        Assert.Equal(3, Report(new InvalidDataException("bad")));
        Assert.Equal(1, Report(new TrainingException("bad")));
        Assert.Equal(1, Report(new UnauthorizedAccessException("no")));
        Assert.Equal(1, Report(new InvalidOperationException("a fault")));
        Assert.Equal(2, Report(new UsageException("give one")));
        Assert.Equal(130, Report(new OperationCanceledException()));
        Assert.Equal(3, Report(new AggregateException(new CheckpointException("m", "a", "b", "c"))));
    }

    [Fact]
    public void A_full_disk_says_what_to_do()
    {
        using var log = new StringWriter();

        int code = ErrorBoundary.Report(new IOException("cannot write", 28), log);

        Assert.Equal(1, code);
        Assert.Contains("disk is full", log.ToString(), StringComparison.Ordinal);
    }

    private static (int Code, string Error) Refusal(params string[] words) => CommandLine.Run(words) is var result ? (result.Code, result.Error) : default;

    private static int Report(Exception error)
    {
        using var log = new StringWriter();
        int code = ErrorBoundary.Report(error, log);
        Assert.StartsWith("temper: ", log.ToString(), StringComparison.Ordinal);
        Assert.Single(log.ToString().TrimEnd().Split('\n'));
        return code;
    }
}
