using System.Text;
using Temperament.Models.Text.Patterns;

namespace Temperament.Models.Text.Normalizing;

/// <summary>Puts a string in front of a text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => text.Length == 0 ? text : prefix + text;
}

/// <summary>Replaces a fixed string.</summary>
internal sealed class ReplaceNormalizer(string old, string replacement) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text) => old.Length == 0 ? text : text.Replace(old, replacement, StringComparison.Ordinal);
}

/// <summary>Replaces the matches of a pattern.</summary>
internal sealed class PatternNormalizer(Pattern pattern, string replacement) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        long budget = Pattern.Budget(text.Length);
        int done = 0;
        while (done < text.Length && pattern.Find(text, done, out int length, ref budget) is >= 0 and int start)
        {
            result.Append(text, done, start - done).Append(replacement);
            done = start + length;
        }

        return result.Append(text, done, text.Length - done).ToString();
    }
}

/// <summary>Drops white space at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text)
    {
        text = left ? text.TrimStart() : text;
        return right ? text.TrimEnd() : text;
    }
}

/// <summary>Lower case, by the full mapping of the Unicode standard.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    /// <inheritdoc/>
    public string Normalize(string text)
    {
        // The one letter whose lower case is two code points.
        string lower = text.ToLowerInvariant();
        return lower.Contains('\u0130', StringComparison.Ordinal) ? lower.Replace("\u0130", "i\u0307", StringComparison.Ordinal) : lower;
    }
}
