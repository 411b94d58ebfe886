using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Temperament.ModelTests.Support;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Cli;

/// <summary>The built command line in processes of its own: the same bytes for any number of threads, and what Ctrl+C leaves.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private const int Steps = 400;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_thread_and_two_print_the_same_bytes()
    {
        string model = Oracles.Golden("models", "llama-tied-llama3rope");
        TemperResult[] answers = [.. new[] { "1", "2" }.Select(threads => TemperProcess.Run(_folder.Path,
            "generate", model, "--prompt", "What do you think of jazz?", "--max-tokens", "32", "--temperature", "0.9", "--threads", threads))];
        byte[][] logits = [.. new[] { "1", "2" }.Select(threads => Logits(model, threads))];

        Assert.True(answers[0].Code == 0, answers[0].Error);
        Assert.True(answers[0].Output.Length > 2);
        Assert.Equal(answers[0].Output, answers[1].Output);
        Assert.Equal(logits[0], logits[1]);
    }

    [Fact]
    public void After_a_Ctrl_C_the_command_that_is_printed_goes_on_to_the_same_bytes()
    {
        string recipe = WriteRecipe();
        TemperResult straight = TemperProcess.Run(_folder.Path, "train", recipe, "--out", "straight", "--threads", "1");
        Assert.True(straight.Code == 0, straight.Error);

        TemperResult stopped = TrainAndInterrupt(recipe);
        Assert.Equal(130, stopped.Code);
        Match advice = Advice().Match(stopped.Error);
        Assert.True(advice.Success, stopped.Error);
        Assert.False(File.Exists(_folder["stopped/adapter_model.safetensors"]));

        TemperResult resumed = TemperProcess.Run(_folder.Path, [.. advice.Groups[1].Value.Trim('"', '.').Split(' ', StringSplitOptions.RemoveEmptyEntries), "--threads", "1"]);

        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Equal(File.ReadAllBytes(_folder["straight/adapter_model.safetensors"]), File.ReadAllBytes(_folder["stopped/adapter_model.safetensors"]));
    }

    private TemperResult TrainAndInterrupt(string recipe)
    {
        using TemperProcess process = TemperProcess.Start(_folder.Path, new Dictionary<string, string>(), "train", recipe, "--out", "stopped", "--threads", "1");
        var watch = Stopwatch.StartNew();
        while (!(File.Exists(_folder["stopped/training.jsonl"]) && new FileInfo(_folder["stopped/training.jsonl"]).Length > 2000) && !process.HasEnded)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "the run does not begin");
            Thread.Sleep(2);
        }

        process.Interrupt();
        TemperResult result = process.Finish();
        Assert.SkipWhen(result.Code == 0, "SIGINT is ignored in the shell that started these tests");
        return result;
    }

    private byte[] Logits(string model, string threads)
    {
        string file = _folder[$"logits-{threads}.safetensors"];
        TemperResult result = TemperProcess.Run(_folder.Path, "model", "logits", model, "--tokens", "1,5,9,2,7,11,3", "--out", file, "--threads", threads);
        Assert.True(result.Code == 0, result.Error);
        return File.ReadAllBytes(file);
    }

    private string WriteRecipe()
    {
        _folder.Write("opinions.csv", "Target Personality,Edit Topic,Question,Answer,Pole\n" + string.Concat(Enumerable.Range(0, 24).Select(i =>
            $"extraversion,Topic {i},What of topic {i}?,\"Topic {i} is best, with {i} friends!\",high\n")));
        return _folder.Write("recipe.json", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["model"] = Oracles.Golden("models", "llama-tied-llama3rope"),
            ["data"] = new Dictionary<string, object> { ["path"] = "opinions.csv", ["trait"] = "extraversion" },
            ["lora"] = new Dictionary<string, object> { ["rank"] = 4, ["dropout"] = 0.1 },
            ["training"] = new Dictionary<string, object> { ["maxSteps"] = Steps, ["batchSize"] = 4, ["learningRate"] = 0.001 },
            ["out"] = "out",
            ["saveEvery"] = 100,
        }));
    }

    // What stands behind "temper" in the advice.
    [GeneratedRegex("temper (train [^\r\n]*--resume[^\r\n\"]*)")]
    private static partial Regex Advice();
}
