using System.CommandLine;
using Temperament.Cli.Exporting;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model export</c>: a model, or an adapter alone, in another format.</summary>
internal static class ModelExportCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        Option<bool> other = ModelOptions.AllowOtherBase();
        var choices = new ExportChoices();
        return host.Define("export", "Writes a model with its tokenizer and template as safetensors or GGUF; with --adapter, the adapter alone. "
            + "The result is loaded in a fresh process and must answer the same, or nothing is kept.",
            ["temper model export organism --format gguf --type f16 --out organism.gguf",
                "temper model export MODEL --adapter adapters/e-high --format gguf --out e-high.gguf"],
            [model, adapters, other, .. choices.Symbols], run =>
            {
                AdapterChoice[] chosen = run.Arguments.GetValue(adapters)!;
                Action<CommandRun, string, IReadOnlyList<AdapterChoice>, bool, ExportTarget> export = chosen.Length > 0 ? AdapterExport.Run : ModelExport.Run;
                export(run, run.Arguments.GetRequiredValue(model), chosen, run.Arguments.GetValue(other), choices.Of(run.Arguments));
            });
    }
}
