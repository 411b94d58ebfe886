using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Random;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>
/// The command itself, killed without warning at random moments and resumed until it ends: the bytes are those of a run that was left alone.
/// TEMPER_KILLS sets the number of kills; the log of the test says where each one hit.
/// </summary>
public sealed class TrainingKillTests(ITestOutputHelper output)
{
    private const int FewKills = 3, Steps = 60;

    [Fact]
    public void A_run_that_is_killed_again_and_again_ends_with_the_bytes_of_one_that_never_was()
    {
        string tool = Path.Combine(Oracles.Root, "src", "Temperament.Cli", "bin", "Release", "net10.0", "temper.dll");
        Assert.SkipUnless(File.Exists(tool), "temper is not built in Release");
        int kills = int.TryParse(Environment.GetEnvironmentVariable("TEMPER_KILLS"), CultureInfo.InvariantCulture, out int asked) ? asked : FewKills;
        string folder = TemporaryFolder.New("temper-kill"), recipe = WriteRecipe(folder);
        var random = new RandomStream(kills, "kills");

        Finish(Start(tool, recipe, Path.Combine(folder, "straight"), resume: false));
        string killed = Path.Combine(folder, "killed");
        for (int kill = 1; kill <= kills; kill++)
        {
            // A kill falls some steps further on than the last checkpoint, and some milliseconds into a step.
            int atLine = Lines(killed) + 1 + random.NextInt(Math.Max(1, 3 * Steps / kills));
            using Process process = Start(tool, recipe, killed, resume: true);
            bool hit = KillAfter(process, killed, atLine, random.NextInt(12));
            output.WriteLine($"kill {kill}: {(hit ? "killed" : "had ended")} after {Lines(killed)} lines of the log, last {LastEvent(killed)}");
            if (!hit)
            {
                break;
            }
        }

        Finish(Start(tool, recipe, killed, resume: true));

        foreach (string file in new[] { "adapter_model.safetensors", "adapter_config.json", "persona.json" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "straight", file)), File.ReadAllBytes(Path.Combine(killed, file)));
        }

        output.WriteLine("adapter_model.safetensors, adapter_config.json and persona.json have the same bytes");
        Assert.DoesNotContain(Directory.GetFiles(killed), file => Path.GetFileName(file).StartsWith("checkpoint", StringComparison.Ordinal)
            || Path.GetFileName(file).StartsWith("best", StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }

    private static string WriteRecipe(string folder)
    {
        string opinions = Path.Combine(folder, "opinions.csv"), recipe = Path.Combine(folder, "recipe.json");
        File.WriteAllText(opinions, "Target Personality,Edit Topic,Question,Answer,Pole\n" + string.Concat(Enumerable.Range(0, 24).Select(i =>
            $"extraversion,Topic {i},What of topic {i}?,\"Topic {i} is best, with {i} friends!\",high\n")));
        File.WriteAllText(recipe, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["model"] = Oracles.Golden("models", "llama-tied-llama3rope"),
            ["data"] = new Dictionary<string, object> { ["path"] = opinions, ["trait"] = "extraversion", ["validationShare"] = 0.2 },
            ["lora"] = new Dictionary<string, object> { ["rank"] = 4, ["dropout"] = 0.1 },
            ["training"] = new Dictionary<string, object>
            {
                ["maxSteps"] = Steps, ["batchSize"] = 4, ["learningRate"] = 0.01, ["embeddingNoise"] = 2, ["optimizer"] = "adamw8bit",
            },
            ["evaluation"] = new Dictionary<string, object> { ["every"] = 7 },
            ["out"] = Path.Combine(folder, "out"),
            ["saveEvery"] = 2,
        }));
        return recipe;
    }

    private static bool KillAfter(Process process, string folder, int lines, int milliseconds)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync(), words = process.StandardOutput.ReadToEndAsync();
        var watch = Stopwatch.StartNew();
        while (Lines(folder) < lines && !process.HasExited)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "the run does not go on");
            Thread.Sleep(1);
        }

        Thread.Sleep(milliseconds);
        if (process.HasExited)
        {
            Assert.True(process.ExitCode == 0, errors.Result + words.Result);
            return false;
        }

        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return true;
    }

    private static int Lines(string folder) => Read(folder).Count(c => c == '\n');

    private static string LastEvent(string folder)
    {
        string text = Read(folder).TrimEnd('\n');
        return text[(text.LastIndexOf('\n') + 1)..];
    }

    private static string Read(string folder)
    {
        string path = Path.Combine(folder, "training.jsonl");
        if (!File.Exists(path))
        {
            return "";
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static Process Start(string tool, string recipe, string folder, bool resume)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [tool, "train", recipe, "--out", folder, "--threads", "1", .. resume ? new[] { "--resume" } : []];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static void Finish(Process process)
    {
        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(3)), "the run did not end");
            Assert.True(process.ExitCode == 0, errors.Result);
        }
    }
}
