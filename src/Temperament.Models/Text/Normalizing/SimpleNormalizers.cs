using System.Globalization;
using System.Text;

namespace Temperament.Models.Text.Normalizing;

/// <summary>Puts a string in front of a text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        if (source.Text.Length == 0 || prefix.Length == 0 || source.Continues)
        {
            return source;
        }

        source.CheckLength((long)prefix.Length + source.Text.Length);
        return source with
        {
            Text = prefix + source.Text,
            // What is put in belongs to the first character.
            Origins = source.Origins is null ? null : [.. Enumerable.Repeat(source.Origins[0], prefix.Length), .. source.Origins],
        };
    }
}

/// <summary>Drops white space at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        ReadOnlySpan<char> text = source.Text;
        int end = right ? text.TrimEnd().Length : text.Length;
        int start = left ? end - text[..end].TrimStart().Length : 0;
        return source.Slice(start, end);
    }
}

/// <summary>Lower case, by the full mapping of the Unicode standard.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    // The one letter whose lower case is two code points.
    private const int CapitalIWithDot = 0x130, CombiningDot = 0x307;

    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        // All other letters keep their length.
        if (!source.Text.Contains((char)CapitalIWithDot, StringComparison.Ordinal))
        {
            return source with { Text = source.Text.ToLowerInvariant() };
        }

        var rewriter = new TextRewriter(source);
        for (int at = 0; at < source.Text.Length;)
        {
            int point = CodePoints.At(source.Text, at, out int length);
            at += length;
            if (point == CapitalIWithDot)
            {
                rewriter.Put('i', 0);
                rewriter.Put(CombiningDot, 1);
            }
            else
            {
                rewriter.Put(Rune.TryCreate(point, out Rune rune) ? Rune.ToLowerInvariant(rune).Value : point, 0);
            }
        }

        return rewriter.Finish();
    }
}

/// <summary>Drops the characters of a kind.</summary>
internal sealed class RemovingNormalizer(Func<int, bool> kind) : INormalizer
{
    /// <summary>Drops marks that combine with the character before them: accents, once the text is decomposed.</summary>
    public static RemovingNormalizer Accents { get; } = new(CodePoints.IsMark);

    /// <summary>Drops marks without a width of their own only, as BERT does.</summary>
    public static RemovingNormalizer Nonspacing { get; } = new(point =>
        point >= 0x300 && CharUnicodeInfo.GetUnicodeCategory(point) == UnicodeCategory.NonSpacingMark);

    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        string text = source.Text;
        var result = new StringBuilder(text.Length);
        List<int>? origins = source.Origins is null ? null : new List<int>(text.Length + 1);
        for (int at = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int length);
            if (!kind(point))
            {
                result.Append(text, at, length);
                origins?.AddRange(source.Origins!.AsSpan(at, length));
            }

            at += length;
        }

        if (result.Length == text.Length)
        {
            return source;
        }

        origins?.Add(source.Origins![^1]);
        return source with { Text = result.ToString(), Origins = origins?.ToArray() };
    }
}
