using System.CommandLine;
using System.CommandLine.Parsing;

namespace Temperament.Cli.Hosting;

/// <summary>Defines commands: what they take, what they do, and the examples that their help shows.</summary>
internal sealed class CommandHost
{
    /// <summary>Name of an argument that may begin with dashes.</summary>
    public const string AnyText = "TEXT";

    private readonly Dictionary<Command, string[]> _examples = [];
    private readonly Terminal _terminal;
    private readonly CancellationToken _cancellation;

    public CommandHost(Terminal terminal, CancellationToken cancellation)
    {
        (_terminal, _cancellation) = (terminal, cancellation);
    }

    /// <summary>A command that does something.</summary>
    /// <param name="name">The word on the command line.</param>
    /// <param name="description">One sentence for the help.</param>
    /// <param name="examples">Whole command lines for the help.</param>
    /// <param name="symbols">Its arguments and options, in the order of the help.</param>
    /// <param name="body">What it does.</param>
    public Command Define(string name, string description, string[] examples, Symbol[] symbols, Action<CommandRun> body)
    {
        var command = new Command(name, description);
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                argument.Validators.Add(RefuseOptions);
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        _examples[command] = examples;
        command.SetAction(arguments =>
        {
            using var run = new CommandRun(arguments, _terminal, _cancellation);
            body(run);
            _terminal.Output.Flush();
            return run.ExitCode;
        });
        return command;
    }

    // A mistyped option would otherwise be taken for a file. A TEXT may begin with anything.
    private static void RefuseOptions(ArgumentResult result)
    {
        if (result.Argument.Name != AnyText && result.Tokens.FirstOrDefault(token => token.Value.StartsWith("--", StringComparison.Ordinal)) is { } token)
        {
            result.AddError($"Unrecognized command or argument '{token.Value}'.");
        }
    }

    /// <summary>A noun with its verbs.</summary>
    /// <param name="name">The word on the command line.</param>
    /// <param name="description">One sentence for the help.</param>
    /// <param name="verbs">Its commands.</param>
    public static Command Group(string name, string description, params Command[] verbs)
    {
        var group = new Command(name, description);
        foreach (Command verb in verbs)
        {
            group.Add(verb);
        }

        return group;
    }

    /// <summary>The examples of a command; of a group those of its commands, one each.</summary>
    public IReadOnlyList<string> ExamplesOf(Command command) => _examples.TryGetValue(command, out string[]? own)
        ? own
        : [.. command.Subcommands.SelectMany(sub => ExamplesOf(sub).Take(1))];
}
