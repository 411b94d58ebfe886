using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Temperament.Cli.Hosting;

/// <summary>The usual help of a command, followed by lines that can be copied and run.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private const int Width = 110;

    private readonly HelpAction _usual;
    private readonly CommandHost _host;

    public HelpWithExamples(HelpAction usual, CommandHost host)
    {
        usual.MaxWidth = Width;
        (_usual, _host) = (usual, host);
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        _usual.Invoke(parseResult);
        IReadOnlyList<string> examples = _host.ExamplesOf(parseResult.CommandResult.Command);
        if (examples.Count > 0)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
            foreach (string example in examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
            output.Flush();
        }

        return ExitCodes.Done;
    }
}
