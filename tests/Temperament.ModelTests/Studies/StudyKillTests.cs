using System.Diagnostics;
using Temperament.ModelTests.Support;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Studies;

/// <summary>The command itself, killed without warning while a cell is being written.</summary>
public sealed class StudyKillTests
{
    private const string Study = """
        {
          "schemaVersion": 1, "name": "killed", "question": "Is anything lost?",
          "models": [ { "name": "organism", "model": "organism" } ],
          "data": { "opinions": "organism", "questions": "organism", "trainingRows": 120, "questionCount": 8, "heldOutRows": 8, "seed": 4 },
          "recipe": { "epochs": 2 },
          "generation": { "maxNewTokens": 20 },
          "arms": [
            { "methods": ["none"] },
            { "methods": ["qlora"], "targets": ["extraversion-high", "extraversion-low", "neutral"] }
          ],
          "primary": { "target": "extraversion-high" }
        }
        """;

    [Fact]
    public void A_killed_study_that_is_run_again_ends_with_the_same_bytes()
    {
        string tool = Path.Combine(Oracles.Root, "src", "Temperament.Cli", "bin", "Release", "net10.0", "temper.dll");
        Assert.SkipUnless(File.Exists(tool), "temper is not built in Release");
        string folder = TemporaryFolder.New("temper");
        File.WriteAllText(Path.Combine(folder, "study.json"), Study);

        Finish(Start(tool, folder, "straight"));
        using (Process killed = Start(tool, folder, "killed"))
        {
            KillInTraining(killed, Path.Combine(folder, "killed", "cells"));
        }

        Finish(Start(tool, folder, "killed"));

        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "straight", "report.md")), File.ReadAllBytes(Path.Combine(folder, "killed", "report.md")));
    }

    private static void KillInTraining(Process process, string cells)
    {
        // The first cell is done and another is being written.
        bool InFlight() => Directory.Exists(cells) && Directory.GetDirectories(cells).Count(c => !c.EndsWith(".partial", StringComparison.Ordinal)) >= 2
            && Directory.GetDirectories(cells, "*.partial").Length > 0;
        var watch = Stopwatch.StartNew();
        while (!InFlight())
        {
            Assert.False(process.HasExited, "the study ended before it could be killed");
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "the study did not begin its second cell");
            Thread.Sleep(2);
        }

        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    private static Process Start(string tool, string folder, string results)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { tool, "study", "run", folder, "--out", Path.Combine(folder, results) })
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
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(3)), "the study did not end");
            Assert.True(process.ExitCode == 0, errors.Result);
        }
    }
}
