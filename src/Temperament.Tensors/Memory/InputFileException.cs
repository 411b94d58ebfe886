namespace Temperament.Tensors.Memory;

/// <summary>What was named as a file is none that can be read; says what it is and what to give.</summary>
/// <param name="path">Path.</param>
/// <param name="read">What it is.</param>
/// <param name="hint">What to do.</param>
/// <param name="inner">The exception behind it, if any.</param>
public sealed class InputFileException(string path, string read, string hint, Exception? inner = null)
    : IOException($"{path}: read {read}; expected a file. {hint}", inner)
{
    /// <summary>What it is.</summary>
    public string Read { get; } = read;

    /// <summary>What to do.</summary>
    public string Hint { get; } = hint;
}
