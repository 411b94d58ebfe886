namespace Temperament.Methods.Adapters;

/// <summary>An adapter cannot be made, read or bound; says what was read, what was expected and what to do.</summary>
public sealed class AdapterException : Exception
{
    /// <summary>Describes the fault.</summary>
    /// <param name="path">File or folder, or the name of the adapter.</param>
    /// <param name="read">What was read.</param>
    /// <param name="expected">What was expected.</param>
    /// <param name="hint">What to do.</param>
    /// <param name="inner">What caused it; null for nothing.</param>
    public AdapterException(string path, string read, string expected, string hint, Exception? inner = null)
        : base($"{path}: read {read}; expected {expected}. {hint}", inner)
    {
        Path = path;
    }

    /// <summary>File or folder, or the name of the adapter.</summary>
    public string Path { get; }
}
