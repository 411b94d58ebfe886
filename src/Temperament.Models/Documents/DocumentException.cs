namespace Temperament.Models.Documents;

/// <summary>A settings file says something that cannot be; the message names the file, the line, the column, and what would be valid.</summary>
public sealed class DocumentException : Exception
{
    /// <summary>Describes the fault.</summary>
    /// <param name="path">File.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column, from 1.</param>
    /// <param name="message">What was read, what was expected, and the hint.</param>
    /// <param name="inner">The exception behind it, if any.</param>
    public DocumentException(string path, int line, int column, string message, Exception? inner = null)
        : base($"{path}, line {line}, column {column}: {message}", inner)
    {
        (Path, Line, Column) = (path, line, column);
    }

    /// <summary>Describes a file that cannot be read at all.</summary>
    /// <param name="path">File.</param>
    /// <param name="message">What was read, what was expected, and the hint.</param>
    /// <param name="inner">The exception behind it, if any.</param>
    public DocumentException(string path, string message, Exception? inner = null)
        : base($"{path}: {message}", inner) => Path = path;

    /// <summary>File.</summary>
    public string Path { get; }

    /// <summary>Line, from 1; 0 where the file cannot be read at all.</summary>
    public int Line { get; }

    /// <summary>Column, from 1; 0 where the file cannot be read at all.</summary>
    public int Column { get; }
}
