using System.CommandLine;
using System.Diagnostics;
using Temperament.Cli.Exporting;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Replay;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model quantize</c>: a folder with the linear layers in 4 bits, which loads at once.</summary>
internal static class ModelQuantizeCommand
{
    // A larger model is not held in memory for the replay: the conversion shall need little of it.
    private const long LargestReplayed = 1_500_000_000;

    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<string> to = new("--to") { Description = "The 4-bit type.", HelpName = "nf4", DefaultValueFactory = _ => "nf4" };
        to.AcceptOnlyFromAmong("nf4");
        Option<bool> twice = new("--double-quant") { Description = "Store the scales in 8 bits too." };
        Option<string> folder = new("--out") { Description = "The folder to write; it must not exist yet.", HelpName = "DIR", Required = true };
        return host.Define("quantize", "Writes a model with the linear layers of its blocks in NF4, as transformers and bitsandbytes save it. "
            + "Weights are read, packed and written one after the other, so a large model needs little memory.",
            ["temper model quantize MODEL --double-quant --out model-nf4", "temper model quantize organism --out organism-nf4"],
            [model, to, twice, folder], run => Quantize(run, run.Arguments.GetRequiredValue(model), run.Arguments.GetValue(twice),
                ExportChoices.Fresh(run.Arguments.GetRequiredValue(folder))));
    }

    private static void Quantize(CommandRun run, string model, bool twice, string path)
    {
        using ModelSource source = ModelOpening.Source(model);
        StoredAs dense = Dense(source);
        long read = source.StoredWeights.Sum(w => w.Bytes);
        double kept = source.Config.ParameterCount - source.Config.BlockParameterCount;
        DiskSpace.Require(path, (source.Config.BlockParameterCount * 0.57) + (kept * (dense == StoredAs.F32 ? 4 : 2)));
        using var output = new TemporaryOutput(new ExportTarget(path, IsGguf: false, dense));
        bool replays = source.Config.ParameterCount <= LargestReplayed;
        if (replays)
        {
            ReplayJson.Write(output.Record, Expected(run, model, twice, dense));
        }

        long start = Stopwatch.GetTimestamp();
        ProgressBar.Run(run, $"Writing {path}", 1, bar =>
        {
            QuantizedFolderWriter.Write(output.Path, source, twice, dense, run.Pool, (done, total) =>
            {
                run.Cancellation.ThrowIfCancellationRequested();
                bar.Report((double)done / total, $"{Figures.Count(done)} weights");
            });
            return true;
        });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long bytes = output.Bytes;
        if (replays)
        {
            FreshProcess.Run(["model", "replay", output.Path, "--record", output.Record, "--threads", $"{run.Threads}"], run.Cancellation);
        }

        output.Keep();
        Print(run, path, read, bytes, seconds, replays);
    }

    // The model as it will load: layers packed in memory, everything else rounded to the type of the folder.
    private static ReplayRecord Expected(CommandRun run, string model, bool twice, StoredAs dense)
    {
        using ModelSource source = ModelOpening.Source(model);
        var rounded = new EditedSource(source, $"rounded to {dense}", (slot, weights) =>
            QuantizedFolderWriter.IsPacked(source, slot) ? weights : WeightRounding.Round(WeightRounding.InFolder(dense), weights, run.Pool));
        using LanguageModel twin = LanguageModel.Load(rounded, run.Pool, twice ? BaseQuantization.Nf4Double : BaseQuantization.Nf4);
        return ReplayRecord.Of(twin);
    }

    private static StoredAs Dense(ModelSource source) => source.StoredWeights.MaxBy(w => w.Count)?.Type switch
    {
        "F32" => StoredAs.F32,
        "F16" => StoredAs.F16,
        _ => StoredAs.Bf16,
    };

    private static void Print(CommandRun run, string path, long read, long written, double seconds, bool replayed)
    {
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("path", path);
                json.WriteNumber("readBytes", read);
                json.WriteNumber("writtenBytes", written);
                json.WriteReal("seconds", seconds);
                json.WriteBoolean("replayed", replayed);
                json.WriteEndObject();
            });
            return;
        }

        run.Print($"{path}: NF4, {Figures.Bytes(written)} from {Figures.Bytes(read)} in {Figures.Time(seconds)} ({Figures.Fixed(read / seconds / 1e9, 2)} GB/s)");
        run.Print(replayed
            ? "replay        a fresh process gives the same tokens and logits"
            : $"replay        left out above {Figures.Count(LargestReplayed)} parameters; \"temper model replay\" compares two models");
    }
}
