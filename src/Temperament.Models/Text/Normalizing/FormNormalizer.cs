namespace Temperament.Models.Text.Normalizing;

/// <summary>The four normalization forms: NFD, NFC, NFKD and NFKC (UAX #15).</summary>
internal sealed class FormNormalizer(bool composes, bool isCompatible) : INormalizer
{
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        // ASCII is in every form already, and Latin-1 is in NFC.
        ReadOnlySpan<char> text = source.Text;
        if ((composes && !isCompatible ? text.IndexOfAnyExceptInRange('\0', '\u00FF') : text.IndexOfAnyExceptInRange('\0', '\u007F')) < 0)
        {
            return source;
        }

        List<Point> points = Decompose(source.Text);
        Order(points);
        if (composes)
        {
            Compose(points);
        }

        var rewriter = new TextRewriter(source);
        foreach (Point point in points)
        {
            rewriter.Put(point.Value, point.Change);
        }

        return rewriter.Finish();
    }

    private List<Point> Decompose(string text)
    {
        var points = new List<Point>(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int length);
            at += length;
            int syllable = point - SyllableBase;
            if (syllable is >= 0 and < Leads * Vowels * Tails)
            {
                points.Add(new Point(LeadBase + (syllable / (Vowels * Tails)), 0));
                points.Add(new Point(VowelBase + (syllable % (Vowels * Tails) / Tails), 1));
                if (syllable % Tails != 0)
                {
                    points.Add(new Point(TailBase + (syllable % Tails), 1));
                }
            }
            else if (UnicodeForms.Instance.Decompose(point, isCompatible) is { } parts)
            {
                points.AddRange(parts.Select((part, i) => new Point(part, i == 0 ? 0 : 1)));
            }
            else
            {
                points.Add(new Point(point, 0));
            }
        }

        return points;
    }

    // Marks between two starters stand in the order of their classes; those of one class keep their order.
    private static void Order(List<Point> points)
    {
        for (int start = 0; start < points.Count;)
        {
            int end = start;
            while (end < points.Count && UnicodeForms.Instance.Class(points[end].Value) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                Point[] ordered = [.. points.GetRange(start, end - start).OrderBy(p => UnicodeForms.Instance.Class(p.Value))];
                for (int i = 0; i < ordered.Length; i++)
                {
                    points[start + i] = ordered[i];
                }
            }

            start = end + 1;
        }
    }

    private static void Compose(List<Point> points)
    {
        int starter = -1, written = 0, lastClass = -1;
        for (int read = 0; read < points.Count; read++)
        {
            Point point = points[read];
            int kind = UnicodeForms.Instance.Class(point.Value);
            // A mark is blocked from its starter by one of the same or a higher class between them.
            int whole = starter >= 0 && lastClass < kind ? Pair(points[starter].Value, point.Value) : -1;
            if (whole >= 0)
            {
                points[starter] = new Point(whole, points[starter].Change + point.Change - 1);
                continue;
            }

            points[written] = point;
            if (kind == 0)
            {
                starter = written;
                lastClass = -1;
            }
            else
            {
                lastClass = kind;
            }

            written++;
        }

        points.RemoveRange(written, points.Count - written);
    }

    private static int Pair(int first, int second)
    {
        int lead = first - LeadBase, vowel = second - VowelBase, syllable = first - SyllableBase, tail = second - TailBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            return SyllableBase + (((lead * Vowels) + vowel) * Tails);
        }

        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && tail is > 0 and < Tails)
        {
            return first + tail;
        }

        return UnicodeForms.Instance.Compose(first, second);
    }

    // A code point and what it does to the text that it comes from, as TextRewriter counts it.
    private readonly record struct Point(int Value, int Change);
}
