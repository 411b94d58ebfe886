using Temperament.Measures.Statistics;

namespace Temperament.Measures.Metrics;

/// <summary>
/// A text's variety of word sequences: the mean of 2/3 H2 and 4/3 H3, the entropies in bits of its bigrams and trigrams. Text that repeats
/// itself scores low. Formula and bar of PersonalityEdit (arXiv 2310.02168).
/// </summary>
public static class NgramEntropy
{
    /// <summary>A text with at least this score is called coherent.</summary>
    public const double CoherentFrom = 3.5;

    /// <summary>The score in bits; missing for fewer than three words and marks.</summary>
    /// <param name="text">Any text.</param>
    public static Measured<double> Of(string text)
    {
        IReadOnlyList<string> words = Words(text);
        return words.Count < 3 ? new Missing("fewer than three words") : ((2.0 / 3 * Entropy(words, 2)) + (4.0 / 3 * Entropy(words, 3))) / 2;
    }

    /// <summary>Words (letters, digits and inner apostrophes) and single marks, in lower case.</summary>
    internal static IReadOnlyList<string> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        for (int i = 0; i < text.Length;)
        {
            int end = i;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || (text[end] == '\'' && end > i)))
            {
                end++;
            }

            if (end == i)
            {
                end += i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
            }

            if (!char.IsWhiteSpace(text[i]))
            {
                words.Add(text[i..end].ToLowerInvariant());
            }

            i = end;
        }

        return words;
    }

    private static double Entropy(IReadOnlyList<string> words, int n)
    {
        int total = words.Count - n + 1;
        IEnumerable<int> counts = Enumerable.Range(0, total)
            .GroupBy(i => string.Join(' ', words.Skip(i).Take(n)), StringComparer.Ordinal)
            .Select(group => group.Count());
        double entropy = 0;
        foreach (int count in counts)
        {
            entropy -= (double)count / total * Math.Log2((double)count / total);
        }

        return entropy;
    }
}
