using System.CommandLine;
using Temperament.Cli.Exporting;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model merge</c>: a model with an adapter in its weights.</summary>
internal static class ModelMergeCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        adapters.Required = true;
        adapters.DefaultValueFactory = null;
        Option<bool> other = ModelOptions.AllowOtherBase();
        var choices = new ExportChoices();
        return host.Define("merge", "Adds an adapter to the weights of a model, in float32 and never in 4 bits, and writes the sum; prints what rounding loses. "
            + "The result is loaded in a fresh process and must answer the same, or nothing is kept.",
            ["temper model merge MODEL --adapter adapters/e-high --format safetensors --out merged",
                "temper model merge MODEL --adapter adapters/e-high:0.5 --format gguf --type q8_0 --out merged.gguf"],
            [model, adapters, other, .. choices.Symbols], run => ModelExport.Run(run, run.Arguments.GetRequiredValue(model),
                run.Arguments.GetRequiredValue(adapters), run.Arguments.GetValue(other), choices.Of(run.Arguments)));
    }
}
