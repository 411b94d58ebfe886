using System.Text.Json;

namespace Temperament.Models.Documents;

/// <summary>Says in words where a text is no JSON, and why, without the names of the parser.</summary>
public static class JsonFault
{
    private static readonly string[] Endings = [" LineNumber:", " Path:"];

    /// <summary>The place and the reason, as in "line 1, column 4: '}' is an invalid start of a value".</summary>
    /// <param name="error">What reading the text threw.</param>
    public static string Describe(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error switch
        {
            JsonException json => Place(json) + Reason(json.Message),
            KeyNotFoundException => "a field is missing",
            FormatException or InvalidOperationException => "a value of another kind",
            _ => error.Message,
        };
    }

    private static string Place(JsonException error) => error is { LineNumber: long line, BytePositionInLine: long column } ? $"line {line + 1}, column {column + 1}: " : "";

    private static string Reason(string message)
    {
        foreach (string ending in Endings)
        {
            message = message.Split(ending, 2)[0];
        }

        return message.Contains("does not contain any JSON tokens", StringComparison.Ordinal) ? "the text is empty"
            : message.Contains("isFinalBlock", StringComparison.Ordinal) ? "the text is empty"
            : message.TrimEnd('.', ' ');
    }
}
