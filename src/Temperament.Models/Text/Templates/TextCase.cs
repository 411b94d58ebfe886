using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>Upper, lower and title case as the template language has them.</summary>
internal static class TextCase
{
    public static string Upper(string text) => text.Replace("ß", "SS", StringComparison.Ordinal).ToUpperInvariant();

    public static string Lower(string text) => text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);

    public static string Capitalize(string text) => text.Length == 0 ? text : Upper(text[..1]) + Lower(text[1..]);

    public static string Swap(string text) => string.Concat(text.Select(c =>
        char.IsUpper(c) ? Lower(c.ToString()) : char.IsLower(c) ? Upper(c.ToString()) : c.ToString()));

    /// <summary>The method: each letter behind something that is no letter.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            bool isLetter = char.IsUpper(c) || char.IsLower(c);
            result.Append(!isLetter ? c : inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = isLetter;
        }

        return result.ToString();
    }

    /// <summary>The filter: each word behind white space, a hyphen or an opening bracket.</summary>
    public static string TitleByWord(string text)
    {
        var result = new StringBuilder(text.Length);
        bool starts = true;
        foreach (char c in text)
        {
            result.Append(starts ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            starts = c is '-' or '(' or '{' or '[' or '<' || PythonText.IsSpace(c);
        }

        return result.ToString();
    }

    /// <summary>Whether upper case letters begin words only, and lower case ones stand only behind other letters; at least one letter has a case.</summary>
    public static bool IsTitle(string text)
    {
        bool inWord = false, any = false;
        foreach (char c in text)
        {
            bool upper = char.IsUpper(c), lower = char.IsLower(c);
            if ((upper && inWord) || (lower && !inWord))
            {
                return false;
            }

            inWord = upper || lower;
            any |= inWord;
        }

        return any;
    }
}
