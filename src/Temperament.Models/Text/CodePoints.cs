using System.Globalization;
using System.Runtime.CompilerServices;

namespace Temperament.Models.Text;

/// <summary>Unicode scalar values in UTF-16 text, and the questions that tokenizers ask of them. A lone surrogate counts as one.</summary>
internal static class CodePoints
{
    private const int NumberMask = (1 << (int)UnicodeCategory.DecimalDigitNumber) | (1 << (int)UnicodeCategory.LetterNumber)
        | (1 << (int)UnicodeCategory.OtherNumber);

    private const int PunctuationMask = (1 << (int)UnicodeCategory.ConnectorPunctuation) | (1 << (int)UnicodeCategory.DashPunctuation)
        | (1 << (int)UnicodeCategory.OpenPunctuation) | (1 << (int)UnicodeCategory.ClosePunctuation)
        | (1 << (int)UnicodeCategory.InitialQuotePunctuation) | (1 << (int)UnicodeCategory.FinalQuotePunctuation)
        | (1 << (int)UnicodeCategory.OtherPunctuation);

    /// <summary>The code point at a place and the number of UTF-16 units that it takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int At(ReadOnlySpan<char> text, int index, out int length)
    {
        char first = text[index];
        if (char.IsHighSurrogate(first) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return char.ConvertToUtf32(first, text[index + 1]);
        }

        length = 1;
        return first;
    }

    /// <summary>The number of code points.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int count = 0;
        for (int at = 0; at < text.Length; count++)
        {
            At(text, at, out int length);
            at += length;
        }

        return count;
    }

    /// <summary>The place of the code point before a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Before(ReadOnlySpan<char> text, int index) =>
        index >= 2 && char.IsLowSurrogate(text[index - 1]) && char.IsHighSurrogate(text[index - 2]) ? index - 2 : index - 1;

    /// <summary>A text with U+FFFD in place of each half of a surrogate pair that stands alone.</summary>
    public static string WithoutHalves(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        source.CopyTo(target);
        for (int at = 0; at < target.Length;)
        {
            if (At(target, at, out int length) is >= 0xD800 and <= 0xDFFF)
            {
                target[at] = '\uFFFD';
            }

            at += length;
        }
    });

    /// <summary>A mark of any kind: Mn, Mc or Me.</summary>
    public static bool IsMark(int codePoint) => codePoint >= 0x300 && CharUnicodeInfo.GetUnicodeCategory(codePoint)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>White_Space of the Unicode standard.</summary>
    public static bool IsWhiteSpace(int codePoint) => codePoint <= char.MaxValue && char.IsWhiteSpace((char)codePoint);

    /// <summary>A number of any kind: Nd, Nl or No.</summary>
    public static bool IsNumber(int codePoint) =>
        codePoint < 128 ? (uint)(codePoint - '0') <= 9 : ((NumberMask >> (int)CharUnicodeInfo.GetUnicodeCategory(codePoint)) & 1) != 0;

    /// <summary>ASCII signs and all punctuation categories.</summary>
    public static bool IsPunctuation(int codePoint) => codePoint < 128
        ? char.IsPunctuation((char)codePoint) || char.IsSymbol((char)codePoint)
        : ((PunctuationMask >> (int)CharUnicodeInfo.GetUnicodeCategory(codePoint)) & 1) != 0;

    /// <summary>Whether a code point is part of a word: letters, marks, decimal digits, connectors and joiners.</summary>
    public static bool IsWord(int codePoint)
    {
        if (codePoint < 128)
        {
            return char.IsAsciiLetterOrDigit((char)codePoint) || codePoint == '_';
        }

        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
            _ => codePoint is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9),
        };
    }

    /// <summary>One form for upper and lower case, by simple folding: the long s and the Kelvin sign fold to s and k.</summary>
    public static int Fold(int codePoint)
    {
        if (codePoint < 128)
        {
            return char.IsAsciiLetterUpper((char)codePoint) ? codePoint | 0x20 : codePoint;
        }

        return codePoint is >= 0xD800 and <= 0xDFFF
            ? codePoint
            : System.Text.Rune.ToLowerInvariant(System.Text.Rune.ToUpperInvariant(new System.Text.Rune(codePoint))).Value;
    }
}
