using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Replay;

namespace Temperament.Cli.Exporting;

/// <summary>
/// Writes a model, with an adapter merged or without, and proves the result: a twin with the same rounded weights answers in this
/// process, the written model answers in a fresh one, and both answers must be the same.
/// </summary>
internal static class ModelExport
{
    /// <summary>Writes and proves.</summary>
    /// <param name="run">The command.</param>
    /// <param name="model">MODEL.</param>
    /// <param name="adapters">Adapters that are merged; none for the model as it is.</param>
    /// <param name="allowOtherBase">Whether an adapter may be of another base.</param>
    /// <param name="target">Where, and how.</param>
    public static void Run(CommandRun run, string model, IReadOnlyList<AdapterChoice> adapters, bool allowOtherBase, ExportTarget target)
    {
        ReplayRecord original;
        CheckpointMerge? merge = null;
        using (LanguageModel loaded = ModelOpening.Load(model, run.Pool))
        {
            DiskSpace.Require(target.Path, loaded.Config.ParameterCount * (target.Stored == StoredAs.F32 ? 4.1 : 2.1));
            if (adapters.Count > 0)
            {
                merge = new CheckpointMerge(ModelOpening.PutOn(loaded, adapters, allowOtherBase, run.Log)!, target.Stored, target.IsGguf, run.Pool);
            }

            original = ReplayRecord.Of(loaded);
        }

        using ModelSource source = ModelOpening.Source(model);
        EditedSource edited = merge is not null ? merge.Of(source) : Rounded(run, source, target);
        ReplayComparison lost;
        ReplayRecord expected;
        using (LanguageModel twin = LanguageModel.Load(edited, run.Pool))
        {
            merge?.RequireEffect();
            lost = original.Compare(twin);
            expected = ReplayRecord.Of(twin);
        }

        RequireClose(lost, target);
        using var output = new TemporaryOutput(target);
        ReplayJson.Write(output.Record, expected);
        ProgressBar.Run(run, $"Writing {target.Path}", 1, bar =>
        {
            void Progress(long done, long total)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                bar.Report((double)done / Math.Max(1, total), Figures.Bytes(done));
            }

            if (target.IsGguf)
            {
                GgufModelWriter.Write(output.Path, edited, target.Stored, run.Pool, Progress);
            }
            else
            {
                FolderWriter.Write(output.Path, edited, target.Stored, run.Pool, Progress);
            }

            return true;
        });
        long bytes = output.Bytes;
        FreshProcess.Run(["model", "replay", output.Path, "--record", output.Record, "--threads", $"{run.Threads}"], run.Cancellation);
        output.Keep();
        Print(run, target, bytes, expected, lost, merge);
    }

    private static EditedSource Rounded(CommandRun run, ModelSource source, ExportTarget target) => new(source, $"rounded to {target.TypeName}", (slot, weights) =>
        WeightRounding.Round(target.IsGguf ? WeightRounding.InGguf(slot, target.Stored) : WeightRounding.InFolder(target.Stored), weights, run.Pool));

    // Rounding may move logits a little; more than this means that the type does not fit the model.
    private static void RequireClose(ReplayComparison lost, ExportTarget target)
    {
        double limit = target.Stored switch { StoredAs.F32 => 1e-6, StoredAs.F16 => 1e-3, _ => 2e-2 };
        if (lost.Fault is not null || !(lost.NormalizedError <= limit))
        {
            throw new ReplayException($"{target.Path}: {lost.Fault ?? $"stored as {target.TypeName}, the logits would move by a normalised squared error of "
                + $"{lost.NormalizedError:E2}; at most {limit:E0} is allowed"}. Nothing was written; take a wider --type.");
        }
    }

    private static void Print(CommandRun run, ExportTarget target, long bytes, ReplayRecord expected, ReplayComparison lost, CheckpointMerge? merge)
    {
        if (run.Json)
        {
            run.PrintJson(json => Write(json, target, bytes, expected, lost, merge));
            return;
        }

        run.Print($"{target.Path}: {(target.IsGguf ? "GGUF" : "safetensors")}, {target.TypeName}, {Figures.Bytes(bytes)}");
        if (merge is not null)
        {
            MergedModule worst = merge.Modules.MaxBy(module => module.Lost)!;
            run.Print($"merged        {merge.Modules.Count} modules; |dW|/|W| {Figures.Fixed(merge.Modules.Average(m => m.UpdateNorm / m.WeightNorm), 5)} on average; "
                + $"rounding loses {Figures.Percent(worst.Lost, 2)} of the update at most, in {worst.Path}");
        }

        run.Print($"error         logits move by {Figures.Fixed(lost.MeanError, 5)} on average, {Figures.Fixed(lost.LargestError, 5)} at most; "
            + $"same first token after {lost.SameFirst} of {lost.Texts} texts");
        run.Print($"replay        {expected.Rows.Count} texts, {expected.Greedy.Count} continuations"
            + $"{(expected.Chat is null ? "" : ", one conversation")}: a fresh process gives the same tokens and logits");
    }

    private static void Write(Utf8JsonWriter json, ExportTarget target, long bytes, ReplayRecord expected, ReplayComparison lost, CheckpointMerge? merge)
    {
        json.WriteStartObject();
        json.WriteString("path", target.Path);
        json.WriteString("format", target.IsGguf ? "gguf" : "safetensors");
        json.WriteString("type", target.TypeName);
        json.WriteNumber("bytes", bytes);
        json.WriteNumber("texts", expected.Rows.Count);
        json.WriteReal("meanLogitError", lost.MeanError);
        json.WriteReal("largestLogitError", lost.LargestError);
        json.WriteReal("normalizedError", lost.NormalizedError);
        json.WriteReal("firstTokenAgreement", lost.Agreement);
        if (merge is not null)
        {
            json.WriteStartArray("modules");
            foreach (MergedModule module in merge.Modules)
            {
                json.WriteStartObject();
                json.WriteString("path", module.Path);
                json.WriteReal("weightNorm", module.WeightNorm);
                json.WriteReal("updateNorm", module.UpdateNorm);
                json.WriteReal("roundingNorm", module.RoundingNorm);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
