using System.Buffers;
using System.Text;

namespace Temperament.Measures.Emoji;

/// <summary>
/// Finds emoticons and kaomoji. At each place the longest kaomoji that fits; else the longest emoticon with neither letter nor digit on
/// either side; then on after it.
/// </summary>
public static class EmoticonScanner
{
    private static readonly string[] Emoticons = LongestFirst(
    [
        ":)", ":-)", ":(", ":-(", ";)", ";-)", ":D", ":-D", "XD", "xD", ":P", ":-P", ":p", ":O", ":o", ":'(", ":/",
        ":-/", ":|", ":*", "<3", "</3", "=)", "=D", "=(", "^^", "^_^", "-_-", "o_O", "O_o", "T_T", ">:(", "D:", ":3",
        "8-)", ":-*", ":]", ":[",
    ]);

    private static readonly string[] Kaomoji = LongestFirst(
    [
        "¯\\_(ツ)_/¯", "(╯°□°)╯︵ ┻━┻", "┬─┬ ノ( ゜-゜ノ)", "(◕‿◕)", "(｡♥‿♥｡)", "(づ｡◕‿‿◕｡)づ", "( ͡° ͜ʖ ͡°)",
        "ʕ•ᴥ•ʔ", "(ಠ_ಠ)", "ಠ_ಠ", "(>_<)", "(^_^)", "(^o^)", "(T_T)", "(*^▽^*)", "(≧▽≦)", "(¬_¬)",
        "(ノ◕ヮ◕)ノ*:･ﾟ✧", "(•_•)", "( •_•)>⌐■-■", "(⌐■_■)", "＼(^o^)／", "m(_ _)m", "(´・ω・`)", "(￣▽￣)",
    ]);

    /// <summary>All emoticons and kaomoji from left to right.</summary>
    /// <param name="text">Any text.</param>
    public static IReadOnlyList<EmoticonMatch> Scan(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<EmoticonMatch>();
        for (int start = 0; start < text.Length;)
        {
            EmoticonMatch? match = At(text, start);
            if (match is { } hit)
            {
                found.Add(hit);
            }

            start += match?.Text.Length ?? 1;
        }

        return found;
    }

    private static EmoticonMatch? At(string text, int start)
    {
        foreach (string kaomoji in Kaomoji)
        {
            if (string.CompareOrdinal(text, start, kaomoji, 0, kaomoji.Length) == 0)
            {
                return new EmoticonMatch(start, kaomoji, true);
            }
        }

        if (start > 0 && Rune.DecodeLastFromUtf16(text.AsSpan(0, start), out Rune before, out _) == OperationStatus.Done
            && IsWord(before))
        {
            return null;
        }

        foreach (string emoticon in Emoticons)
        {
            if (string.CompareOrdinal(text, start, emoticon, 0, emoticon.Length) == 0)
            {
                Rune.DecodeFromUtf16(text.AsSpan(start + emoticon.Length), out Rune after, out _);
                if (!IsWord(after))
                {
                    return new EmoticonMatch(start, emoticon, false);
                }
            }
        }

        return null;
    }

    private static bool IsWord(Rune rune) => Rune.IsLetter(rune) || Rune.IsNumber(rune);

    private static string[] LongestFirst(string[] items) => [.. items.OrderByDescending(item => item.Length)];
}
