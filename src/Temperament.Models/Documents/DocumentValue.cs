using System.Text.Json;

namespace Temperament.Models.Documents;

/// <summary>A value of a settings file, with its place.</summary>
public sealed class DocumentValue
{
    internal DocumentValue(string path, int line, int column, JsonTokenType kind)
    {
        (Path, Line, Column, Kind) = (path, line, column, kind);
    }

    /// <summary>File.</summary>
    public string Path { get; }

    /// <summary>Line, from 1.</summary>
    public int Line { get; }

    /// <summary>Column, from 1, in UTF-8 bytes.</summary>
    public int Column { get; }

    /// <summary>StartObject, StartArray, String, Number, True, False or Null.</summary>
    public JsonTokenType Kind { get; }

    /// <summary>The text of a string, or a number as it is written; empty for anything else.</summary>
    public string Text { get; internal init; } = "";

    /// <summary>Values of an array; empty for anything else.</summary>
    public IReadOnlyList<DocumentValue> Items { get; internal init; } = [];

    /// <summary>Fields of an object in the order of the file; empty for anything else.</summary>
    public IReadOnlyList<DocumentField> Fields { get; internal init; } = [];

    /// <summary>What kind of value it is, for messages.</summary>
    public string KindName => Kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => $"\"{(Text.Length <= 40 ? Text : string.Concat(Text.AsSpan(0, 40), "…"))}\"",
        JsonTokenType.Number => Text,
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };

    /// <summary>A fault of this value.</summary>
    /// <param name="message">What was read, what was expected, and the hint.</param>
    public DocumentException Fault(string message) => new(Path, Line, Column, message);
}

/// <summary>A field of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Line">Line of the name, from 1.</param>
/// <param name="Column">Column of the name, from 1.</param>
/// <param name="Value">Its value.</param>
public sealed record DocumentField(string Name, int Line, int Column, DocumentValue Value);
