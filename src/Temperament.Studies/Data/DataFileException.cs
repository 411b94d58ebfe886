namespace Temperament.Studies.Data;

/// <summary>A data file is not what it must be; the message names the file, the line, what was read, what was expected and what to do.</summary>
/// <param name="path">File.</param>
/// <param name="line">Line on which the fault stands, from 1; 0 if it has none.</param>
/// <param name="read">What was read.</param>
/// <param name="expected">What was expected.</param>
/// <param name="hint">What to do.</param>
/// <param name="inner">The exception behind it, if any.</param>
public sealed class DataFileException(string path, long line, string read, string expected, string hint, Exception? inner = null)
    : Exception($"{path}{(line > 0 ? $", line {line}" : string.Empty)}: read {read}; expected {expected}. {hint}", inner)
{
    /// <summary>The message without the place.</summary>
    internal string Finding { get; } = $"read {read}; expected {expected}. {hint}";

    /// <summary>File.</summary>
    public string Path { get; } = path;

    /// <summary>Line on which the fault stands, from 1; 0 if it has none.</summary>
    public long Line { get; } = line;
}
