using System.Text;

namespace Temperament.Models.Text.Normalizing;

/// <summary>The four normalization forms: NFD, NFC, NFKD and NFKC (UAX #15).</summary>
internal sealed class FormNormalizer(bool composes, bool isCompatible) : INormalizer
{
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    /// <inheritdoc/>
    public string Normalize(string text)
    {
        // ASCII is in every form already, and Latin-1 is in NFC.
        int plain = composes && !isCompatible ? text.AsSpan().IndexOfAnyExceptInRange('\0', '\u00FF') : text.AsSpan().IndexOfAnyExceptInRange('\0', '\u007F');
        if (plain < 0)
        {
            return text;
        }

        List<int> points = Decompose(text);
        Order(points);
        if (composes)
        {
            Compose(points);
        }

        var result = new StringBuilder(text.Length);
        foreach (int point in points)
        {
            // Half of a surrogate pair stays as it is.
            if (point is >= 0xD800 and <= 0xDFFF)
            {
                result.Append((char)point);
            }
            else
            {
                result.Append(new Rune(point));
            }
        }

        return result.ToString();
    }

    private List<int> Decompose(string text)
    {
        var points = new List<int>(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int length);
            at += length;
            int syllable = point - SyllableBase;
            if (syllable is >= 0 and < Leads * Vowels * Tails)
            {
                points.Add(LeadBase + (syllable / (Vowels * Tails)));
                points.Add(VowelBase + (syllable % (Vowels * Tails) / Tails));
                if (syllable % Tails != 0)
                {
                    points.Add(TailBase + (syllable % Tails));
                }
            }
            else if (UnicodeForms.Instance.Decompose(point, isCompatible) is { } parts)
            {
                points.AddRange(parts);
            }
            else
            {
                points.Add(point);
            }
        }

        return points;
    }

    // Marks between two starters stand in the order of their classes; those of one class keep their order.
    private static void Order(List<int> points)
    {
        for (int start = 0; start < points.Count;)
        {
            int end = start;
            while (end < points.Count && UnicodeForms.Instance.Class(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] ordered = [.. points.GetRange(start, end - start).OrderBy(p => UnicodeForms.Instance.Class(p))];
                for (int i = 0; i < ordered.Length; i++)
                {
                    points[start + i] = ordered[i];
                }
            }

            start = end + 1;
        }
    }

    private static void Compose(List<int> points)
    {
        int starter = -1, written = 0, lastClass = -1;
        for (int read = 0; read < points.Count; read++)
        {
            int point = points[read], kind = UnicodeForms.Instance.Class(point);
            // A mark is blocked from its starter by one of the same or a higher class between them.
            int whole = starter >= 0 && lastClass < kind ? Pair(points[starter], point) : -1;
            if (whole >= 0)
            {
                points[starter] = whole;
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
}
