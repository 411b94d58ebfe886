using System.CommandLine;
using Temperament.Cli.Hosting;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model</c>: looks into a checkpoint, runs single passes, and writes models in other formats.</summary>
internal static class ModelCommand
{
    public static Command Create(CommandHost host) => CommandHost.Group(
        "model", "Looks into models, runs single passes, and writes models in other formats.",
        ModelInfoCommand.Create(host), ModelLogitsCommand.Create(host), ModelActivationsCommand.Create(host), ModelGradientsCommand.Create(host),
        ModelPerplexityCommand.Create(host),
        ModelExportCommand.Create(host), ModelMergeCommand.Create(host), ModelReplayCommand.Create(host),
        ModelQuantizeCommand.Create(host), ModelRandomCommand.Create(host), ModelBenchCommand.Create(host), ModelPullCommand.Create(host));
}
