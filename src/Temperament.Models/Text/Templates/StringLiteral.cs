using System.Globalization;
using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>The characters that a string literal stands for, by Python's escapes. https://docs.python.org/3/reference/lexical_analysis.html</summary>
internal static class StringLiteral
{
    /// <summary>The text; null where an escape is no character.</summary>
    public static string? Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            char c = text[++i];
            const string Simple = "abfnrtv\\'\"";
            const string Meant = "\a\b\f\n\r\t\v\\'\"";
            int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (Simple.IndexOf(c, StringComparison.Ordinal) is >= 0 and int index)
            {
                result.Append(Meant[index]);
            }
            else if (digits > 0)
            {
                if (Character(text, i + 1, digits) is not { } character)
                {
                    return null;
                }

                result.Append(character);
                i += digits;
            }
            else if (c is >= '0' and <= '7')
            {
                int value = 0, count = 0;
                for (; count < 3 && i + count < text.Length && text[i + count] is >= '0' and <= '7'; count++)
                {
                    value = (value * 8) + text[i + count] - '0';
                }

                result.Append((char)value);
                i += count - 1;
            }
            else if (c != '\n')
            {
                result.Append('\\').Append(c);
            }
        }

        return result.ToString();
    }

    private static string? Character(ReadOnlySpan<char> text, int at, int digits)
    {
        if (at + digits <= text.Length && int.TryParse(text.Slice(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            && value is >= 0 and <= 0x10FFFF)
        {
            return value is >= 0xD800 and <= 0xDFFF ? ((char)value).ToString() : char.ConvertFromUtf32(value);
        }

        return null;
    }
}
