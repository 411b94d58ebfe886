using System.CommandLine;
using System.Text;
using Temperament.Cli;
using Temperament.Cli.Hosting;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Cli;

public sealed class HelpTests
{
    [Fact]
    public void Help_of_every_command()
    {
        var text = new StringBuilder();
        foreach (string[] path in Paths(NewApplication().Root, []))
        {
            CommandLine help = CommandLine.Run([.. path, "--help"]);
            Assert.Equal(0, help.Code);
            Assert.Empty(help.Error);
            text.Append("$ temper ").Append(string.Join(' ', [.. path, "--help"])).Append('\n');
            text.Append(string.Join('\n', help.Output.ReplaceLineEndings("\n").Replace("Temperament.Tests", "temper", StringComparison.Ordinal).Split('\n').Select(line => line.TrimEnd())).TrimEnd()).Append("\n\n");
        }

        Snapshot.Match(text.ToString());
    }

    [Fact]
    public void Every_command_has_examples_that_it_understands()
    {
        Application application = NewApplication();
        foreach (string[] path in Paths(application.Root, []).Where(path => path.Length > 0))
        {
            Command command = path.Aggregate((Command)application.Root, (parent, word) => parent.Subcommands.Single(sub => sub.Name == word));
            IReadOnlyList<string> examples = application.Host.ExamplesOf(command);
            Assert.NotEmpty(examples);
            foreach (string example in examples)
            {
                Assert.StartsWith("temper " + path[0], example, StringComparison.Ordinal);
                ParseResult parsed = application.Root.Parse(example["temper ".Length..]);
                Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join("; ", parsed.Errors.Select(error => error.Message))}");
            }
        }
    }

    private static Application NewApplication() => new(new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null), CancellationToken.None);

    private static IEnumerable<string[]> Paths(Command command, string[] path) =>
        new[] { path }.Concat(command.Subcommands.SelectMany(sub => Paths(sub, [.. path, sub.Name])));
}
