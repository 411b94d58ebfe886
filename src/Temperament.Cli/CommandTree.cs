using System.CommandLine;
using Temperament.Cli.Commands;
using Temperament.Cli.Hosting;

namespace Temperament.Cli;

/// <summary>All commands, in the order of the help.</summary>
internal static class CommandTree
{
    /// <summary>Builds the root.</summary>
    public static RootCommand Build(CommandHost host)
    {
        var root = new RootCommand("Tunes, measures and explains the personality of language models.");
        root.Options.Add(GlobalOptions.Threads);
        root.Options.Add(GlobalOptions.Json);
        foreach (Command command in Commands(host))
        {
            root.Add(command);
        }

        return root;
    }

    private static IEnumerable<Command> Commands(CommandHost host) =>
    [
        StudyCommand.Create(host),
        GenerateCommand.Create(host),
        ChatCommand.Create(host),
        DataCommand.Create(host),
        TrainCommand.Create(host),
        MeasureCommand.Create(host),
        ExplainCommand.Create(host),
        EmojiCommand.Create(host),
        ModelCommand.Create(host),
        TokenizerCommand.Create(host),
        OrganismCommand.Create(host),
        DoctorCommand.Create(host),
    ];
}
