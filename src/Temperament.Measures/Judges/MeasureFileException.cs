namespace Temperament.Measures.Judges;

/// <summary>A file of a measure cannot be used.</summary>
/// <param name="path">The file.</param>
/// <param name="read">What was read.</param>
/// <param name="expected">What was expected.</param>
/// <param name="hint">What to do.</param>
public sealed class MeasureFileException(string path, string read, string expected, string hint)
    : Exception($"{path}: read {read}, expected {expected}. {hint}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
