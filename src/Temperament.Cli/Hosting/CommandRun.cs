using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Rendering;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Threading;

namespace Temperament.Cli.Hosting;

/// <summary>One run of one command: what was given, where to write, the threads, and the wish to stop.</summary>
internal sealed class CommandRun : IDisposable
{
    private ComputePool? _pool;

    public CommandRun(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        (Arguments, Terminal, Cancellation) = (arguments, terminal, cancellation);
    }

    public ParseResult Arguments { get; }

    public Terminal Terminal { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Whether the result is wanted as one JSON document.</summary>
    public bool Json => Arguments.GetValue(GlobalOptions.Json);

    /// <summary>What the process returns when the command comes to its end.</summary>
    public int ExitCode { get; set; } = ExitCodes.Done;

    /// <summary>Number of threads.</summary>
    public int Threads => Arguments.GetValue(GlobalOptions.Threads) is > 0 and var given ? given : MachineDescription.DefaultThreads;

    /// <summary>The threads, started at the first use.</summary>
    public ComputePool Pool => _pool ??= new ComputePool(Threads);

    /// <summary>Writes a line of the result.</summary>
    public void Print(string line) => Terminal.Output.WriteLine(line);

    /// <summary>Writes a line that is no result.</summary>
    public void Log(string line) => Terminal.Error.WriteLine(line);

    /// <summary>Writes the result as one JSON document.</summary>
    /// <param name="write">Writes one value.</param>
    public void PrintJson(Action<Utf8JsonWriter> write) => Terminal.Output.WriteLine(ReadableJson.Text(write, indented: true));

    /// <summary>Writes one JSON value on one line.</summary>
    /// <param name="write">Writes one value.</param>
    public void PrintJsonLine(Action<Utf8JsonWriter> write) => Terminal.Output.WriteLine(ReadableJson.Text(write, indented: false));

    public void Dispose() => _pool?.Dispose();
}
