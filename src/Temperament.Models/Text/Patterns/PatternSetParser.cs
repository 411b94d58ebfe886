using System.Globalization;

namespace Temperament.Models.Text.Patterns;

/// <summary>Reads sets in brackets, classes such as \s and \p{Lu}, and escaped characters of a pattern.</summary>
internal sealed class PatternSetParser(string pattern, bool ignoreCase)
{
    private const int MaxDepth = 16;

    private static readonly Dictionary<string, UnicodeCategory[]> Properties = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Lu"] = [UnicodeCategory.UppercaseLetter],
        ["Ll"] = [UnicodeCategory.LowercaseLetter],
        ["Lt"] = [UnicodeCategory.TitlecaseLetter],
        ["Lm"] = [UnicodeCategory.ModifierLetter],
        ["Lo"] = [UnicodeCategory.OtherLetter],
        ["L"] = [UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter, UnicodeCategory.TitlecaseLetter,
            UnicodeCategory.ModifierLetter, UnicodeCategory.OtherLetter],
        ["Mn"] = [UnicodeCategory.NonSpacingMark],
        ["Mc"] = [UnicodeCategory.SpacingCombiningMark],
        ["Me"] = [UnicodeCategory.EnclosingMark],
        ["M"] = [UnicodeCategory.NonSpacingMark, UnicodeCategory.SpacingCombiningMark, UnicodeCategory.EnclosingMark],
        ["Nd"] = [UnicodeCategory.DecimalDigitNumber],
        ["Nl"] = [UnicodeCategory.LetterNumber],
        ["No"] = [UnicodeCategory.OtherNumber],
        ["N"] = [UnicodeCategory.DecimalDigitNumber, UnicodeCategory.LetterNumber, UnicodeCategory.OtherNumber],
        ["Pc"] = [UnicodeCategory.ConnectorPunctuation],
        ["Pd"] = [UnicodeCategory.DashPunctuation],
        ["Ps"] = [UnicodeCategory.OpenPunctuation],
        ["Pe"] = [UnicodeCategory.ClosePunctuation],
        ["Pi"] = [UnicodeCategory.InitialQuotePunctuation],
        ["Pf"] = [UnicodeCategory.FinalQuotePunctuation],
        ["Po"] = [UnicodeCategory.OtherPunctuation],
        ["P"] = [UnicodeCategory.ConnectorPunctuation, UnicodeCategory.DashPunctuation, UnicodeCategory.OpenPunctuation,
            UnicodeCategory.ClosePunctuation, UnicodeCategory.InitialQuotePunctuation, UnicodeCategory.FinalQuotePunctuation,
            UnicodeCategory.OtherPunctuation],
        ["Sm"] = [UnicodeCategory.MathSymbol],
        ["Sc"] = [UnicodeCategory.CurrencySymbol],
        ["Sk"] = [UnicodeCategory.ModifierSymbol],
        ["So"] = [UnicodeCategory.OtherSymbol],
        ["S"] = [UnicodeCategory.MathSymbol, UnicodeCategory.CurrencySymbol, UnicodeCategory.ModifierSymbol, UnicodeCategory.OtherSymbol],
        ["Zs"] = [UnicodeCategory.SpaceSeparator],
        ["Zl"] = [UnicodeCategory.LineSeparator],
        ["Zp"] = [UnicodeCategory.ParagraphSeparator],
        ["Z"] = [UnicodeCategory.SpaceSeparator, UnicodeCategory.LineSeparator, UnicodeCategory.ParagraphSeparator],
        ["Cc"] = [UnicodeCategory.Control],
        ["Cf"] = [UnicodeCategory.Format],
        ["Cn"] = [UnicodeCategory.OtherNotAssigned],
        ["Co"] = [UnicodeCategory.PrivateUse],
        ["C"] = [UnicodeCategory.Control, UnicodeCategory.Format, UnicodeCategory.OtherNotAssigned, UnicodeCategory.PrivateUse,
            UnicodeCategory.Surrogate],
    };

    private static readonly Dictionary<string, string> LongNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Letter"] = "L", ["Uppercase_Letter"] = "Lu", ["Lowercase_Letter"] = "Ll", ["Mark"] = "M", ["Number"] = "N",
        ["Decimal_Number"] = "Nd", ["Digit"] = "Nd", ["Punctuation"] = "P", ["Punct"] = "P", ["Symbol"] = "S", ["Separator"] = "Z", ["Other"] = "C",
    };

    public static TokenizerException Wrong(string pattern, int at, string what) => new(
        $"The pattern {(pattern.Length > 200 ? pattern[..200] + "…" : pattern)} has {what} at character {at}. "
        + "Expected a pattern of a tokenizer.json without captures, references and lookbehind.");

    /// <summary>Reads a set whose opening bracket is behind <paramref name="at"/>.</summary>
    public CodePointSet Parse(ref int at) => Parse(ref at, 0);

    /// <summary>Reads a class such as \s at its backslash, or answers null where a character stands.</summary>
    public CodePointSet? Class(ref int at)
    {
        char name = at + 1 < pattern.Length ? pattern[at + 1] : throw Wrong(pattern, at, "a \\ with nothing behind it");
        var set = new CodePointSet { IsNegated = name is 'S' or 'D' or 'W' or 'P' };
        switch (name)
        {
            case 's' or 'S':
                set.AddSpace();
                break;
            case 'd' or 'D':
                set.AddCategories(1 << (int)UnicodeCategory.DecimalDigitNumber);
                break;
            case 'w' or 'W':
                set.AddWord();
                break;
            case 'p' or 'P':
                int open = at + 2, close = open < pattern.Length && pattern[open] == '{' ? pattern.IndexOf('}', open) : -1;
                if (close < 0)
                {
                    throw Wrong(pattern, at, "a \\p without its name in braces");
                }

                string property = pattern[(open + 1)..close];
                set.IsNegated ^= property.StartsWith('^');
                AddProperty(set, property.TrimStart('^'), at);
                at = close + 1;
                return set.Seal(false);
            default:
                return null;
        }

        at += 2;
        return set.Seal(false);
    }

    /// <summary>Reads an escaped character at its backslash.</summary>
    public int Character(ref int at)
    {
        char c = pattern[at + 1];
        at += 2;
        switch (c)
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'a': return '\a';
            case 'e': return 0x1B;
            case 'x' or 'u': return Hexadecimal(ref at, c == 'x' ? 2 : 4);
            case var other when char.IsAsciiLetterOrDigit(other):
                throw Wrong(pattern, at - 2, $"\\{c}, which is not known here");
            default:
                int codePoint = CodePoints.At(pattern, at - 1, out int length);
                at += length - 1;
                return codePoint;
        }
    }

    private int Hexadecimal(ref int at, int digits)
    {
        int start = at, end = at + digits;
        if (at < pattern.Length && pattern[at] == '{')
        {
            start = at + 1;
            end = pattern.IndexOf('}', at);
            at = end + 1;
        }
        else
        {
            at = end;
        }

        return end > start && end <= pattern.Length
            && int.TryParse(pattern.AsSpan(start, end - start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            && value is >= 0 and <= 0x10FFFF
            ? value
            : throw Wrong(pattern, start, "no code point in hexadecimal");
    }

    private CodePointSet Parse(ref int at, int depth)
    {
        var set = new CodePointSet();
        if (depth > MaxDepth)
        {
            throw Wrong(pattern, at, "sets nested too deep");
        }

        if (at < pattern.Length && pattern[at] == '^')
        {
            set.IsNegated = true;
            at++;
        }

        for (bool first = true; at < pattern.Length && (pattern[at] != ']' || first); first = false)
        {
            if (string.CompareOrdinal(pattern, at, "&&", 0, 2) == 0)
            {
                // All that follows up to the bracket is the other side.
                at += 2;
                set.Intersect(Parse(ref at, depth + 1));
                return set.Seal(ignoreCase);
            }

            if (pattern[at] == '[')
            {
                at++;
                set.AddSet(Parse(ref at, depth + 1));
            }
            else if (pattern[at] == '\\' && Class(ref at) is { } named)
            {
                set.AddSet(named);
            }
            else
            {
                AddRange(set, ref at);
            }
        }

        if (at >= pattern.Length)
        {
            throw Wrong(pattern, at, "a [ without its ]");
        }

        at++;
        return set.Seal(ignoreCase);
    }

    private void AddRange(CodePointSet set, ref int at)
    {
        int from = Single(ref at), to = from;
        if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] is not (']' or '['))
        {
            int dash = at++;
            if (pattern[at] == '\\' && at + 1 < pattern.Length && "sSdDwWpP".Contains(pattern[at + 1], StringComparison.Ordinal))
            {
                at = dash;
            }
            else
            {
                to = Single(ref at);
            }
        }

        if (to < from)
        {
            throw Wrong(pattern, at, "a range that is turned around");
        }

        set.AddRange(from, to);
        if (at < pattern.Length && pattern[at] == '-' && to == from && at + 1 < pattern.Length && pattern[at + 1] == '\\')
        {
            set.AddRange('-', '-');
            at++;
        }
    }

    private int Single(ref int at)
    {
        if (at >= pattern.Length)
        {
            throw Wrong(pattern, at, "a [ without its ]");
        }

        if (pattern[at] == '\\')
        {
            return at + 1 < pattern.Length ? Character(ref at) : throw Wrong(pattern, at, "a \\ with nothing behind it");
        }

        int codePoint = CodePoints.At(pattern, at, out int length);
        at += length;
        return codePoint;
    }

    private void AddProperty(CodePointSet set, string name, int at)
    {
        if (name.Equals("Han", StringComparison.OrdinalIgnoreCase))
        {
            foreach ((int first, int last) in HanRanges)
            {
                set.AddRange(first, last);
            }

            return;
        }

        string key = LongNames.GetValueOrDefault(name, name);
        if (!Properties.TryGetValue(key, out UnicodeCategory[]? categories))
        {
            throw Wrong(pattern, at, $"the property {name}, which is not known here,");
        }

        foreach (UnicodeCategory category in categories)
        {
            set.AddCategories(1 << (int)category);
        }
    }

    // Script Han of Unicode 16: https://www.unicode.org/Public/16.0.0/ucd/Scripts.txt
    private static readonly (int First, int Last)[] HanRanges =
    [
        (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B),
        (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1), (0x20000, 0x2A6DF),
        (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D), (0x2F800, 0x2FA1D),
        (0x30000, 0x3134A), (0x31350, 0x323AF),
    ];
}
