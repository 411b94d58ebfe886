namespace Temperament.Models.Text;

/// <summary>Leaves white space at the ends of byte-level tokens out of their spans, as such post-processors ask.</summary>
/// <param name="AddsPrefixSpace">Whether a first token's single space counts as put in, and so is no part of the text.</param>
internal sealed record OffsetTrimming(bool AddsPrefixSpace)
{
    private const char Space = '\u0120';

    /// <summary>The span of a token without white space.</summary>
    /// <param name="token">Token string.</param>
    /// <param name="text">Text that the span lies in.</param>
    /// <param name="span">Its span.</param>
    /// <param name="isFirst">Whether it is the first of the text.</param>
    public TextSpan Trim(ReadOnlySpan<char> token, string text, TextSpan span, bool isFirst)
    {
        int leading = 0, trailing = 0;
        while (leading < token.Length && IsSpace(token[leading]))
        {
            leading++;
        }

        while (trailing < token.Length && IsSpace(token[token.Length - 1 - trailing]))
        {
            trailing++;
        }

        // A token of spaces alone counts them at both ends.
        (int start, int end) = span;
        if (!(leading == 1 && AddsPrefixSpace && (isFirst || start == 0)))
        {
            start = Forward(text, start, leading, end);
        }

        return new TextSpan(start, Math.Max(Back(text, end, trailing), start));
    }

    private static int Forward(string text, int at, int characters, int end)
    {
        for (; characters > 0 && at < end; characters--)
        {
            CodePoints.At(text, at, out int length);
            at += length;
        }

        return at;
    }

    // Where the text is too short for that many, nothing is taken off.
    private static int Back(string text, int end, int characters)
    {
        int at = end;
        for (; characters > 0 && at > 0; characters--)
        {
            at = CodePoints.Before(text, at);
        }

        return characters > 0 ? end : at;
    }

    private static bool IsSpace(char character) => character == Space || char.IsWhiteSpace(character);
}
