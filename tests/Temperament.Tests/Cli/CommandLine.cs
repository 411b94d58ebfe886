using Temperament.Cli;
using Temperament.Cli.Hosting;

namespace Temperament.Tests.Cli;

/// <summary>Runs command lines in this process, with streams that are no screens.</summary>
internal sealed record CommandLine(int Code, string Output, string Error)
{
    public static CommandLine Run(params string[] words) => Run("", CancellationToken.None, words);

    public static CommandLine Run(string input, CancellationToken cancellation, params string[] words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var reader = new StringReader(input);
        int code = new Application(new Terminal(reader, output, error), cancellation).Run(words);
        return new CommandLine(code, output.ToString(), error.ToString());
    }
}
