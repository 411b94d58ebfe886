using System.Text.Json;

namespace Temperament.Cli.Hosting;

/// <summary>Compares what a command gives for each line of a file with what the same line says that it should be.</summary>
/// <param name="run">The run; a difference makes it fail.</param>
/// <param name="file">File, for messages.</param>
/// <param name="field">Name of the field that holds what is expected.</param>
internal sealed class LineComparison(CommandRun run, string file, string field)
{
    private const int MostShown = 5;

    private int _lines;
    private int _equal;

    /// <summary>The option that names the field.</summary>
    public static System.CommandLine.Option<string?> Option() => new("--expect")
    {
        Description = "Print no results, but compare each with this field of its line and print how many are equal.",
        HelpName = "FIELD",
    };

    /// <summary>Takes the next line.</summary>
    /// <param name="line">Number of the line.</param>
    /// <param name="given">The object on the line.</param>
    /// <param name="actual">The result as JSON; null where the command refuses the line, which is right where the field is missing or null.</param>
    public void Add(int line, JsonElement given, string? actual)
    {
        bool expects = given.TryGetProperty(field, out JsonElement expected) && expected.ValueKind != JsonValueKind.Null;
        using JsonDocument? result = actual is null ? null : JsonDocument.Parse(actual);
        bool equal = result is null ? !expects : expects && JsonElement.DeepEquals(expected, result.RootElement);
        _lines++;
        _equal += equal ? 1 : 0;
        if (!equal && _lines - _equal <= MostShown)
        {
            run.Log($"{file}, line {line}: expected {(expects ? expected.GetRawText() : "an error")}, was {actual ?? "an error"}");
        }
    }

    /// <summary>Prints the count.</summary>
    public void Close()
    {
        run.Print($"{_equal} of {_lines} lines equal");
        run.ExitCode = _equal == _lines ? ExitCodes.Done : ExitCodes.Failed;
    }
}
