using System.Text;
using Spectre.Console;

namespace Temperament.Cli.Hosting;

/// <summary>Where a command reads and writes: results on the output, everything else on the error stream.</summary>
internal sealed class Terminal
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Makes a terminal over given streams; neither stream is taken for a screen.</summary>
    public Terminal(TextReader input, TextWriter output, TextWriter error)
    {
        (Input, Output, Error) = (input, output, error);
    }

    public TextReader Input { get; }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>Whether the output is a screen: colours, boxes and text that appears word by word are welcome.</summary>
    public bool OutputIsScreen { get; private init; }

    /// <summary>Whether the error stream is a screen: progress bars are welcome.</summary>
    public bool ErrorIsScreen { get; private init; }

    /// <summary>The streams of the process, in UTF-8 whatever the locale says.</summary>
    public static Terminal OfProcess() => new(
        Console.In,
        new StreamWriter(Console.OpenStandardOutput(), Utf8, bufferSize: 1 << 14) { AutoFlush = !Console.IsOutputRedirected },
        new StreamWriter(Console.OpenStandardError(), Utf8) { AutoFlush = true })
    {
        OutputIsScreen = !Console.IsOutputRedirected,
        ErrorIsScreen = !Console.IsErrorRedirected,
    };

    /// <summary>A console that draws on the output.</summary>
    public IAnsiConsole OutputConsole() => ConsoleOver(Output);

    /// <summary>A console that draws on the error stream.</summary>
    public IAnsiConsole ErrorConsole() => ConsoleOver(Error);

    private static IAnsiConsole ConsoleOver(TextWriter writer) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.Detect });
}
