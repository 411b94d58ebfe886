using Temperament.Benchmarks;
using Temperament.Benchmarks.Peers;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Benchmarks;

public sealed class LlamaBenchTests : IDisposable
{
    private const string Printed = """
        [
          { "build_commit": "b1", "n_threads": 3, "n_prompt": 512, "n_gen": 0, "avg_ns": 1, "avg_ts": 41.5, "samples_ts": [ 41, 42 ] },
          { "build_commit": "b1", "n_threads": 3, "n_prompt": 0, "n_gen": 64, "avg_ns": 1, "avg_ts": 17.25, "samples_ts": [ 17.25 ] }
        ]
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_program_is_given_model_lengths_and_threads_and_its_rates_are_read()
    {
        string program = Script($"printf '%s\\n' \"$@\" > '{_folder["words"]}'\ncat <<'END'\n{Printed}\nEND");

        LlamaBench rates = LlamaBench.Measure(program, "some file.gguf", 3);

        Assert.Equal(new LlamaBench(41.5, 17.25), rates);
        Assert.Equal(["-m", "some file.gguf", "-p", "512", "-n", "64", "-t", "3", "-o", "json"], File.ReadAllLines(_folder["words"]));
    }

    [Fact]
    public void A_program_that_fails_is_an_error_with_its_words()
    {
        string program = Script("echo 'no such model' >&2\nexit 3");

        Assert.Equal($"{program} ended with 3: no such model", Assert.Throws<InvalidDataException>(() => LlamaBench.Measure(program, "m", 1)).Message);
        Assert.Contains("cannot be started", Assert.Throws<InvalidDataException>(() => LlamaBench.Measure(_folder["none"], "m", 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[{}]")]
    [InlineData("| model | size |")]
    public void What_is_not_its_json_is_an_error(string printed) =>
        Assert.Contains("not its JSON", Assert.Throws<InvalidDataException>(() => LlamaBench.Parse(printed)).Message, StringComparison.Ordinal);

    [Fact]
    public void Program_and_model_belong_together()
    {
        Assert.True(BenchOptions.TryRead(["generate", "--llama-bench", "a", "--llama-model", "b", "--model", "c"], out BenchOptions? options, out _));
        Assert.Equal(("a", "b", "c"), (options.LlamaBench, options.LlamaModel, options.Model));
        Assert.False(BenchOptions.TryRead(["generate", "--llama-bench", "a"], out _, out string? error));
        Assert.Contains("--llama-model", error, StringComparison.Ordinal);
    }

    private string Script(string body)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in is a shell script.");
        string path = _folder["llama-bench"];
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
