namespace Temperament.Studies;

/// <summary>A study or its results are not what they must be; says what was read, what was expected and what to do.</summary>
public sealed class StudyException : Exception
{
    /// <summary>Describes the fault.</summary>
    /// <param name="path">File or folder, with line and column where they are known.</param>
    /// <param name="read">What was read.</param>
    /// <param name="expected">What was expected.</param>
    /// <param name="hint">What to do.</param>
    /// <param name="inner">What caused it; null for nothing.</param>
    public StudyException(string path, string read, string expected, string hint, Exception? inner = null)
        : base($"{path}: read {read}; expected {expected}. {hint}", inner)
    {
        Path = path;
    }

    /// <summary>File or folder.</summary>
    public string Path { get; }
}
