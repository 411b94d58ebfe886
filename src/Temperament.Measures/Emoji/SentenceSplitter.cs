using System.Text;

namespace Temperament.Measures.Emoji;

/// <summary>
/// Cuts a text into sentences for the emoji-to-sentence ratio. Emoji after the end of a sentence, with or without a space, belong to it.
/// </summary>
/// <remarks>
/// A line break ends a segment. After a terminator (. ! ? … ؟ । and the full-width 。！？) all further terminators, closing quotes and
/// brackets and emoji are taken, and emoji after white space; the segment ends there if a full-width terminator was among them, or white
/// space or the end of the text follows. A segment without letter or digit joins the sentence before it; with none before it, it stands
/// if it has an emoji. There is no list of abbreviations: "Mr. Smith" is two.
/// </remarks>
public static class SentenceSplitter
{
    private const string Terminators = ".!?…؟।";
    private const string WideTerminators = "。！？";
    private const string Closers = "\"'”’»)]}*_`」』）";

    /// <summary>The sentences of a text in order.</summary>
    /// <param name="text">Any text.</param>
    public static IReadOnlyList<Sentence> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<Cluster> clusters = Clusters(text);
        var sentences = new List<Sentence>();
        int start = 0, i = 0;
        while (i < clusters.Count)
        {
            if (clusters[i].Kind == ClusterKind.LineBreak)
            {
                AddSegment(sentences, text, clusters, start, i);
                start = ++i;
                continue;
            }

            if (clusters[i].Kind is not (ClusterKind.Terminator or ClusterKind.WideTerminator))
            {
                i++;
                continue;
            }

            i = EndOfTail(clusters, i, out bool wide);
            if (wide || i == clusters.Count || clusters[i].Kind is ClusterKind.Space or ClusterKind.LineBreak)
            {
                AddSegment(sentences, text, clusters, start, i);
                start = i;
            }
        }

        AddSegment(sentences, text, clusters, start, clusters.Count);
        return sentences;
    }

    private static int EndOfTail(List<Cluster> clusters, int i, out bool wide)
    {
        wide = false;
        while (true)
        {
            while (i < clusters.Count && clusters[i].Kind is ClusterKind.Terminator or ClusterKind.WideTerminator
                or ClusterKind.Closer or ClusterKind.Emoji)
            {
                wide |= clusters[i].Kind == ClusterKind.WideTerminator;
                i++;
                if (i == clusters.Count)
                {
                    return i;
                }
            }

            int after = i;
            while (after < clusters.Count && clusters[after].Kind == ClusterKind.Space)
            {
                after++;
            }

            if (after == i || after == clusters.Count || clusters[after].Kind != ClusterKind.Emoji)
            {
                return i;
            }

            i = after;
        }
    }

    private static void AddSegment(List<Sentence> sentences, string text, List<Cluster> clusters, int start, int end)
    {
        int emoji = 0;
        bool hasWord = false;
        for (int i = start; i < end; i++)
        {
            emoji += clusters[i].Kind == ClusterKind.Emoji ? 1 : 0;
            hasWord |= clusters[i].HasWord;
        }

        int from = start < clusters.Count ? clusters[start].Start : text.Length;
        int to = end < clusters.Count ? clusters[end].Start : text.Length;
        string trimmed = text[from..to].Trim();
        if (trimmed.Length == 0)
        {
            return;
        }

        if (hasWord || (sentences.Count == 0 && emoji > 0))
        {
            sentences.Add(new Sentence(trimmed, emoji));
        }
        else if (sentences.Count > 0)
        {
            Sentence before = sentences[^1];
            sentences[^1] = new Sentence($"{before.Text} {trimmed}", before.Emoji + emoji);
        }
    }

    private static List<Cluster> Clusters(string text)
    {
        var clusters = new List<Cluster>();
        for (int start = 0; start < text.Length;)
        {
            int length = EmojiScanner.ClusterLength(text, start);
            ReadOnlySpan<char> cluster = text.AsSpan(start, length);
            ClusterKind kind = KindOf(cluster);
            clusters.Add(new Cluster(start, kind, kind == ClusterKind.Other && HasLetterOrDigit(cluster)));
            start += length;
        }

        return clusters;
    }

    private static ClusterKind KindOf(ReadOnlySpan<char> cluster)
    {
        if (EmojiScanner.Classify(cluster) is { } kind)
        {
            return kind == EmojiKind.Component ? ClusterKind.Mark : ClusterKind.Emoji;
        }

        if (cluster is "\r\n")
        {
            return ClusterKind.LineBreak;
        }

        if (cluster.Length > 1)
        {
            return ClusterKind.Other;
        }

        char c = cluster[0];
        return c is '\n' or '\r' or '\u2028' or '\u2029' or '\u0085' ? ClusterKind.LineBreak
            : char.IsWhiteSpace(c) ? ClusterKind.Space
            : Terminators.Contains(c) ? ClusterKind.Terminator
            : WideTerminators.Contains(c) ? ClusterKind.WideTerminator
            : Closers.Contains(c) ? ClusterKind.Closer
            : ClusterKind.Other;
    }

    private static bool HasLetterOrDigit(ReadOnlySpan<char> cluster)
    {
        foreach (Rune rune in cluster.EnumerateRunes())
        {
            if (Rune.IsLetter(rune) || Rune.IsNumber(rune))
            {
                return true;
            }
        }

        return false;
    }

    private enum ClusterKind
    {
        Other,
        Mark,
        Emoji,
        LineBreak,
        Space,
        Terminator,
        WideTerminator,
        Closer,
    }

    private readonly record struct Cluster(int Start, ClusterKind Kind, bool HasWord);
}
