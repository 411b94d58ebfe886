using System.Diagnostics;
using System.Text.Json;
using Temperament.ModelTests.Support;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Generation;
using Temperament.Tests.Studies.Data.Generation;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Studies.Data;

/// <summary>The command itself against a server that misbehaves, killed without warning and run again.</summary>
public sealed class GenerationKillTests(ITestOutputHelper output)
{
    private const int Asked = 44, Parallel = 4;

    [Fact]
    public void Nothing_that_was_answered_is_lost_by_a_kill_or_asked_again()
    {
        string tool = Path.Combine(Oracles.Root, "src", "Temperament.Cli", "bin", "Release", "net10.0", "temper.dll");
        Assert.SkipUnless(File.Exists(tool), "temper is not built in Release");
        string folder = TemporaryFolder.New("temper-generate"), set = Path.Combine(folder, "set.csv");
        File.WriteAllText(Path.Combine(folder, "topics.txt"), "tea\njam\nrain\nchess\n");
        string[] bad =
        [
            StandInEndpoint.TooManySoon, StandInEndpoint.Broken, StandInEndpoint.Cut, StandInEndpoint.Closed, StandInEndpoint.NoJson,
            "As an AI language model, I do not have personal opinions about topics of this kind, but I can list what people say.",
            "I would dance on every table of this town tonight and sing until the neighbours join us in the street 🎉", "Too short.",
        ];

        // The bad behaviours come among good ones, before and after the kill; never two in a row, or one answer may be refused as often as is allowed while
        // the others wait to send again.
        using StandInEndpoint endpoint = new(
        [
            .. bad.SelectMany(each => new[] { StandInEndpoint.Good, each, StandInEndpoint.Good, StandInEndpoint.Good }),
            .. bad.SelectMany(each => new[] { each, StandInEndpoint.Good }),
        ]);
        (int replies, int answers) = KillAfter(12, Start(tool, folder, set, endpoint.Address), OpinionGenerator.JournalOf(set));
        Assert.False(File.Exists(set));
        int before = endpoint.Requests;

        string printed;
        using (Process again = Start(tool, folder, set, endpoint.Address))
        {
            printed = again.StandardOutput.ReadToEnd();
            Assert.True(again.WaitForExit(TimeSpan.FromMinutes(2)), "the second run did not end");
            Assert.Equal(0, again.ExitCode);
        }

        JsonElement[] journal = [.. File.ReadLines(OpinionGenerator.JournalOf(set)).Skip(1).Select(line => JsonDocument.Parse(line).RootElement)];
        int failed = endpoint.Requests - journal.Length, refused = journal.Count(entry => entry.TryGetProperty("refused", out _));
        int lost = answers - File.ReadLines(OpinionGenerator.JournalOf(set)).Skip(1).Take(replies).Count(line => line.Contains("\"answer\":", StringComparison.Ordinal));
        output.WriteLine($"{Asked} asked, {OpinionFile.Read(set).Count} valid, {failed} failed requests sent again, {refused} answers refused and asked again; "
            + $"killed after {replies} replies with {answers} answers: {lost} lost");
        Assert.Equal(Asked, OpinionFile.Read(set).Count);
        Assert.Equal(0, lost);
        Assert.Equal(Asked, journal.Where(entry => entry.TryGetProperty("answer", out _)).Select(entry => entry.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(Asked, journal.Count(entry => entry.TryGetProperty("answer", out _)));
        Assert.InRange(refused, 6 - Parallel, 6);

        // Five ways of failing, before the kill and after; what was in flight when it came was sent again too.
        Assert.InRange(failed, 10, 10 + Parallel);
        Assert.InRange(before, replies, endpoint.Requests - 1);
        Assert.Contains($"{Asked} asked, {Asked} valid, {journal.Length} replies", printed, StringComparison.Ordinal);
    }

    private static (int Replies, int Answers) KillAfter(int replies, Process process, string journal)
    {
        using (process)
        {
            var watch = Stopwatch.StartNew();
            while (Entries(journal).Length < replies)
            {
                Assert.False(process.HasExited, "the command ended before it could be killed");
                Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "the command did not get enough replies");
                Thread.Sleep(1);
            }

            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        string[] entries = Entries(journal);
        return (entries.Length, entries.Count(entry => entry.Contains("\"answer\":", StringComparison.Ordinal)));
    }

    // Whole lines behind the first, which names the plan.
    private static string[] Entries(string journal)
    {
        if (!File.Exists(journal))
        {
            return [];
        }

        using FileStream stream = new(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        string[] lines = reader.ReadToEnd().Split('\n');
        return lines.Length < 3 ? [] : lines[1..^1];
    }

    private static Process Start(string tool, string folder, string set, Uri endpoint)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true };
        foreach (string argument in new[]
        {
            tool, "data", "generate", Path.Combine(folder, "topics.txt"), "--endpoint", endpoint.AbsoluteUri, "--model", "stand-in", "--parallel", $"{Parallel}", "--out", set,
        })
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
