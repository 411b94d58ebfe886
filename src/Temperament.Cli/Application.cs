using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Temperament.Cli.Hosting;
using Temperament.Models.Text;

namespace Temperament.Cli;

/// <summary>The command <c>temper</c>: all commands, and what happens when they are used wrongly or fail.</summary>
internal sealed class Application
{
    // Texts may begin with "@", so there are no response files; "-abc" is never three options.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    // What a text says may be nothing; the name of a file, of a model or of a choice may not.
    private static readonly string[] MayBeEmpty = ["--prompt", "--system", CommandHost.AnyText];

    private readonly Terminal _terminal;

    public Application(Terminal terminal, CancellationToken cancellation)
    {
        _terminal = terminal;
        Host = new CommandHost(terminal, cancellation);
        Root = CommandTree.Build(Host);
        HelpOption help = Root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Host);
    }

    /// <summary>The root of all commands.</summary>
    public RootCommand Root { get; }

    /// <summary>What defines the commands.</summary>
    public CommandHost Host { get; }

    /// <summary>Carries out a command line.</summary>
    /// <param name="arguments">The words after "temper".</param>
    /// <returns>The exit code.</returns>
    public int Run(IReadOnlyList<string> arguments)
    {
        try
        {
            ParseResult parsed = Root.Parse(arguments, Parser);
            if (parsed.Errors.Count > 0)
            {
                return ReportWrongUse(parsed);
            }

            if (EmptyWord(parsed) is string name)
            {
                throw new UsageException($"{name} was given an empty text. Give a value, or leave it out.");
            }

            int code = parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = _terminal.Output,
                Error = _terminal.Error,
            });
            _terminal.Output.Flush();
            return code;
        }
        catch (Exception error)
        {
            return ErrorBoundary.Report(error, _terminal.Error);
        }
    }

    private int ReportWrongUse(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = PathOf(parsed.CommandResult);
        if (command.Subcommands.Count > 0)
        {
            string[] words = [.. command.Subcommands.Select(sub => sub.Name)];
            _terminal.Error.WriteLine(parsed.UnmatchedTokens is [var word, ..]
                ? $"{path}: {NearestWord.Complain("command", word, words)}"
                : $"{path}: a command is missing. Valid: {string.Join(", ", words)}.");
        }
        else
        {
            foreach (ParseError error in parsed.Errors)
            {
                _terminal.Error.WriteLine($"{path}: {Improve(error.Message, parsed)}");
            }
        }

        _terminal.Error.WriteLine($"\"{path} --help\" shows how it is used.");
        return ExitCodes.WrongUse;
    }

    private static string? EmptyWord(ParseResult parsed) => parsed.CommandResult.Children
        .Where(given => given.Tokens.Any(token => token.Value.Length == 0))
        .Select(given => given is OptionResult option ? option.Option.Name : ((ArgumentResult)given).Argument.Name)
        .FirstOrDefault(name => !MayBeEmpty.Contains(name));

    private static string Improve(string message, ParseResult parsed)
    {
        string? stray = parsed.Tokens.Select(token => token.Value).FirstOrDefault(token =>
            token.StartsWith("--", StringComparison.Ordinal) && message.Contains($"'{token}'", StringComparison.Ordinal));
        IEnumerable<string> options = parsed.CommandResult.Command.Options.Select(option => option.Name).Concat(["--threads", "--json"]);
        return stray is not null && NearestWord.Find(stray, options) is string near ? $"{message} Did you mean \"{near}\"?" : message;
    }

    private static string PathOf(SymbolResult? result)
    {
        var words = new List<string>();
        for (; result is not null; result = result.Parent)
        {
            if (result is CommandResult { Command: var command })
            {
                words.Insert(0, command is RootCommand ? "temper" : command.Name);
            }
        }

        return string.Join(' ', words);
    }
}
