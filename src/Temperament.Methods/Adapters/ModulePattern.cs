using System.Text.RegularExpressions;

namespace Temperament.Methods.Adapters;

/// <summary>Regular expressions over paths of modules, in the words of Python, as peft's configurations have them.</summary>
internal static partial class ModulePattern
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);

    /// <summary>What is wrong with a pattern; null for nothing.</summary>
    /// <param name="pattern">The pattern.</param>
    public static string? Complaint(string pattern)
    {
        try
        {
            _ = new Regex($"^(?:{Translated(pattern)})$", RegexOptions.CultureInvariant, Longest);
            return null;
        }
        catch (RegexParseException error)
        {
            return $"{error.Error} at sign {Math.Clamp(error.Offset - "^(?:".Length, 0, pattern.Length) + 1}";
        }
    }

    /// <summary>Whether a pattern matches a whole path.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="path">Path of a module.</param>
    public static bool Matches(string pattern, string path) => Try(pattern, $"^(?:{Translated(pattern)})$", path);

    /// <summary>Whether a pattern matches a path, or the end of it after a dot.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="path">Path of a module.</param>
    public static bool MatchesEnd(string pattern, string path) => Try(pattern, $"^(?:.*\\.)?(?:{Translated(pattern)})$", path);

    private static bool Try(string pattern, string whole, string path)
    {
        try
        {
            return Regex.IsMatch(path, whole, RegexOptions.CultureInvariant, Longest);
        }
        catch (RegexParseException error)
        {
            throw new AdapterException("adapter", $"the pattern {Shown(pattern)} ({error.Error})", "a regular expression of module paths", "Mend the pattern, or list the modules by name.", error);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new AdapterException("adapter", $"the pattern {Shown(pattern)}, which is not done with {path} in {Longest.TotalMilliseconds:0} ms",
                "a pattern that is matched at once", "Take out repeats inside repeats, as in (.*)*, or list the modules by name.", error);
        }
    }

    private static string Shown(string pattern) => pattern.Length <= 60 ? pattern : string.Concat(pattern.AsSpan(0, 57), "...");

    private static string Translated(string pattern) =>
        AtMost().Replace(NamedReference().Replace(pattern.Replace("(?P<", "(?<", StringComparison.Ordinal), @"\k<$1>"), "{0,$1}");

    // Up to so many: to .NET these would be plain signs.
    [GeneratedRegex(@"(?<!\\)\{,(\d+)\}")]
    private static partial Regex AtMost();

    [GeneratedRegex(@"\(\?P=(\w+)\)")]
    private static partial Regex NamedReference();
}
