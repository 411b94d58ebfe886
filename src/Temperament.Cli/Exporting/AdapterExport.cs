using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Replay;

namespace Temperament.Cli.Exporting;

/// <summary>Writes an adapter alone, as a peft folder or a GGUF file, and proves it on its base in a fresh process.</summary>
internal static class AdapterExport
{
    /// <summary>Writes and proves.</summary>
    public static void Run(CommandRun run, string model, IReadOnlyList<AdapterChoice> adapters, bool allowOtherBase, ExportTarget target)
    {
        using LanguageModel loaded = ModelOpening.Load(model, run.Pool);
        LoraAdapter adapter = ModelOpening.PutOn(loaded, adapters, allowOtherBase, run.Log)!;
        ReplayRecord expected = ReplayRecord.Of(loaded);
        using var output = new TemporaryOutput(target);
        ReplayJson.Write(output.Record, expected);
        if (target.IsGguf)
        {
            GgufAdapterFile.Save(output.Path, adapter, loaded.Config);
        }
        else
        {
            AdapterFile.Save(output.Path, adapter);
            loaded.WriteTextFiles(output.Path);
            if (adapters is [{ Scale: 1 } only] && File.Exists(Path.Combine(only.Folder, Passport.FileName)))
            {
                AtomicFile.Write(Path.Combine(output.Path, Passport.FileName), File.ReadAllBytes(Path.Combine(only.Folder, Passport.FileName)));
            }
        }

        long bytes = output.Bytes;
        FreshProcess.Run(["model", "replay", model, "--adapter", output.Path, "--allow-other-base", "--record", output.Record, "--threads", $"{run.Threads}"],
            run.Cancellation);
        output.Keep();
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("path", target.Path);
                json.WriteString("format", target.IsGguf ? "gguf" : "safetensors");
                json.WriteNumber("bytes", bytes);
                json.WriteNumber("modules", adapter.Branches.Count);
                json.WriteNumber("texts", expected.Rows.Count);
                json.WriteEndObject();
            });
            return;
        }

        run.Print($"{target.Path}: adapter of {adapter.Branches.Count} modules, {(target.IsGguf ? "GGUF" : "peft")}, {Figures.Bytes(bytes)}");
        run.Print($"rank          {adapter.Branches.Max(b => b.Branch.Rank)} at most; vLLM takes it with --max-lora-rank {adapter.Branches.Max(b => b.Branch.Rank)}");
        run.Print($"replay        {expected.Rows.Count} texts: a fresh process gives the same tokens and logits");
    }
}
