namespace Temperament.Cli.Hosting;

/// <summary>Words of command lines that are printed for a person to copy.</summary>
internal static class ShellWord
{
    private const string Plain = "_./:@=+,-";

    /// <summary>A word as a shell of Unix takes it: in single quotes where it has signs that mean something there.</summary>
    /// <param name="word">The word.</param>
    public static string Of(string word) => word.Length > 0 && word.All(sign => char.IsAsciiLetterOrDigit(sign) || Plain.Contains(sign, StringComparison.Ordinal))
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
