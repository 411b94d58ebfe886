namespace Temperament.Models.Checkpoints;

/// <summary>A file of a model is missing, damaged or of a kind that is not known; says what was read, what was expected and the hint.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Describes the fault.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="read">What was read.</param>
    /// <param name="expected">What was expected.</param>
    /// <param name="hint">What can be done.</param>
    /// <param name="inner">The exception behind it, if any.</param>
    public CheckpointException(string path, string read, string expected, string hint, Exception? inner = null)
        : base($"{path}: read {read}; expected {expected}. {hint}", inner)
    {
        Path = path;
        Read = read;
        Expected = expected;
        Hint = hint;
    }

    /// <summary>File or folder.</summary>
    public string Path { get; }

    /// <summary>What was read.</summary>
    public string Read { get; }

    /// <summary>What was expected.</summary>
    public string Expected { get; }

    /// <summary>What can be done.</summary>
    public string Hint { get; }
}
