using System.CommandLine;
using System.Diagnostics;
using Temperament.Cli.Exporting;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Text;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model random</c>: a random checkpoint of a known shape.</summary>
internal static class ModelRandomCommand
{
    public static Command Create(CommandHost host)
    {
        Option<string> like = new("--like") { Description = $"The shape: {string.Join(", ", RandomCheckpoint.Names)}.", HelpName = "NAME", Required = true };
        Option<long> seed = Numbers.Seed("Seed of the weights.");
        Option<string> type = new("--type") { Description = "How the weights are stored.", HelpName = "f32|f16|bf16", DefaultValueFactory = _ => "bf16" };
        type.AcceptOnlyFromAmong("f32", "f16", "bf16");
        Option<string> folder = new("--out") { Description = "The folder to write; it must not exist yet.", HelpName = "DIR", Required = true };
        return host.Define("random", "Writes a random checkpoint of the shape of a known model, with a tokenizer of bytes, for trying and measuring.",
            ["temper model random --like tinyllama-1.1b --out tinyllama-random"], [like, seed, type, folder], run =>
            {
                string name = run.Arguments.GetRequiredValue(like), path = ExportChoices.Fresh(run.Arguments.GetRequiredValue(folder));
                if (!RandomCheckpoint.Names.Contains(name))
                {
                    throw new UsageException($"--like: {NearestWord.Complain("shape", name, [.. RandomCheckpoint.Names])}");
                }

                StoredAs stored = run.Arguments.GetValue(type) switch { "f32" => StoredAs.F32, "f16" => StoredAs.F16, _ => StoredAs.Bf16 };
                DiskSpace.Require(path, RandomCheckpoint.ShapeOf(name).ParameterCount * (stored == StoredAs.F32 ? 4.0 : 2.0));
                Write(run, name, run.Arguments.GetValue(seed), stored, path);
            });
    }

    private static void Write(CommandRun run, string name, long seed, StoredAs stored, string path)
    {
        using var output = new TemporaryOutput(new ExportTarget(path, IsGguf: false, stored));
        long start = Stopwatch.GetTimestamp();
        ProgressBar.Run(run, $"Writing {path}", 1, bar =>
        {
            RandomCheckpoint.Write(output.Path, name, seed, stored, run.Pool, (done, total) =>
            {
                run.Cancellation.ThrowIfCancellationRequested();
                bar.Report((double)done / total, Figures.Bytes(done));
            });
            return true;
        });
        long bytes = output.Bytes;
        output.Keep();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("path", path);
                json.WriteNumber("parameters", RandomCheckpoint.ShapeOf(name).ParameterCount);
                json.WriteNumber("bytes", bytes);
                json.WriteEndObject();
            });
            return;
        }

        run.Print($"{path}: {Figures.Count(RandomCheckpoint.ShapeOf(name).ParameterCount)} random weights like {name}, {Figures.Bytes(bytes)} in {Figures.Time(seconds)}");
    }
}
