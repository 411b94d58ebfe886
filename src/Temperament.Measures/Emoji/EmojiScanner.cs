using System.Globalization;
using System.Text;

namespace Temperament.Measures.Emoji;

/// <summary>Finds the emoji of a text: one grapheme cluster (UAX #29) is one emoji or none, by the rules of UTS #51.</summary>
public static class EmojiScanner
{
    private const int TextSelector = 0xFE0E;
    private const int EmojiSelector = 0xFE0F;
    private const int Joiner = 0x200D;
    private const int EnclosingKeycap = 0x20E3;

    /// <summary>All emoji and stand-alone components, from left to right.</summary>
    /// <param name="text">Any text; lone surrogates are no emoji.</param>
    public static IReadOnlyList<EmojiMatch> Scan(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<EmojiMatch>();
        for (int start = 0; start < text.Length;)
        {
            int length = ClusterLength(text, start);
            if (Classify(text.AsSpan(start, length)) is { } kind)
            {
                found.Add(new EmojiMatch(start, text.Substring(start, length), kind));
            }

            start += length;
        }

        return found;
    }

    /// <summary>Number of emoji; components are not counted.</summary>
    /// <param name="text">Any text.</param>
    public static int Count(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int count = 0;
        for (int start = 0; start < text.Length;)
        {
            int length = ClusterLength(text, start);
            count += Classify(text.AsSpan(start, length)) is { } kind && kind != EmojiKind.Component ? 1 : 0;
            start += length;
        }

        return count;
    }

    /// <summary>True where the text has at least one emoji.</summary>
    /// <param name="text">Any text.</param>
    public static bool Contains(string text) => Count(text) > 0;

    /// <summary>The text without its emoji and stand-alone components; all else stays as it was.</summary>
    /// <param name="text">Any text.</param>
    public static string Remove(string text)
    {
        var kept = new StringBuilder();
        int from = 0;
        foreach (EmojiMatch match in Scan(text))
        {
            kept.Append(text, from, match.Start - from);
            from = match.Start + match.Length;
        }

        return kept.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>The kind of emoji that a grapheme cluster is, or null where it is none.</summary>
    /// <param name="cluster">One grapheme cluster.</param>
    public static EmojiKind? Classify(ReadOnlySpan<char> cluster)
    {
        if (cluster.Length == 1 && cluster[0] < 0x80)
        {
            return null;
        }

        Rune.DecodeFromUtf16(cluster, out Rune first, out int used);
        Rune second = default;
        ReadOnlySpan<char> rest = cluster[used..];
        if (!rest.IsEmpty)
        {
            Rune.DecodeFromUtf16(rest, out second, out _);
        }

        int b = first.Value, x = second.Value;
        if (EmojiTable.IsRegionalIndicator(b))
        {
            return EmojiTable.IsRegionalIndicator(x) ? EmojiKind.Flag : null;
        }

        if (b is '#' or '*' or (>= '0' and <= '9'))
        {
            return IsKeycapTail(rest) ? EmojiKind.Keycap : null;
        }

        if (EmojiTable.IsComponent(b))
        {
            return EmojiKind.Component;
        }

        bool alone = EmojiTable.HasEmojiPresentation(b);
        if (x == TextSelector || !(alone || EmojiTable.HasTextPresentation(b)))
        {
            return null;
        }

        bool toned = EmojiTable.IsSkinTone(x);
        bool joined = JoinsAnEmoji(rest);
        if (!alone && x != EmojiSelector && !toned && !joined)
        {
            return null;
        }

        return joined ? EmojiKind.ZeroWidthJoined
            : HasTag(rest) ? EmojiKind.Tag
            : toned ? EmojiKind.Modifier
            : x == EmojiSelector ? EmojiKind.Presentation
            : EmojiKind.Single;
    }

    internal static int ClusterLength(string text, int start) => StringInfo.GetNextTextElementLength(text.AsSpan(start));

    private static bool IsKeycapTail(ReadOnlySpan<char> rest) =>
        rest is [(char)EnclosingKeycap] or [(char)EmojiSelector, (char)EnclosingKeycap];

    private static bool JoinsAnEmoji(ReadOnlySpan<char> rest)
    {
        int joiner = rest.IndexOf((char)Joiner);
        while (joiner >= 0)
        {
            rest = rest[(joiner + 1)..];
            if (!rest.IsEmpty)
            {
                Rune.DecodeFromUtf16(rest, out Rune next, out _);
                if (EmojiTable.IsListed(next.Value))
                {
                    return true;
                }
            }

            joiner = rest.IndexOf((char)Joiner);
        }

        return false;
    }

    private static bool HasTag(ReadOnlySpan<char> rest)
    {
        foreach (Rune rune in rest.EnumerateRunes())
        {
            if (rune.Value is >= 0xE0020 and <= 0xE007F)
            {
                return true;
            }
        }

        return false;
    }
}
