using System.CommandLine;
using Temperament.Cli.Hosting;

namespace Temperament.Cli.Commands;

/// <summary><c>temper data</c>: opinion sets.</summary>
internal static class DataCommand
{
    public static Command Create(CommandHost host) => CommandHost.Group("data", "Opinion sets: audit, count, split, import, have them written, classify.",
        DataValidateCommand.Create(host), DataStatsCommand.Create(host), DataSplitCommand.Create(host), DataImportCommand.Create(host), DataGenerateCommand.Create(host), DataClassifyCommand.Create(host));
}
