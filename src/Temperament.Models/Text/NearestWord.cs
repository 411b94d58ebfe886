namespace Temperament.Models.Text;

/// <summary>Finds the valid word that a mistyped one was probably meant to be, for messages.</summary>
public static class NearestWord
{
    private const int Longest = 64;

    /// <summary>The word with the fewest edits (insert, delete, replace, swap of neighbours) to the text, case ignored.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="words">The valid words; the first of equals wins.</param>
    /// <returns>The word, or null if there is none or all need more edits than half of the longer length.</returns>
    public static string? Find(string text, IEnumerable<string> words)
    {
        string? best = null;
        int fewest = int.MaxValue;
        foreach (string word in words)
        {
            int edits = Edits(text, word);
            if (edits < fewest && edits <= (Math.Max(text.Length, word.Length) + 1) / 2)
            {
                (best, fewest) = (word, edits);
            }
        }

        return best;
    }

    /// <summary>The sentence of a complaint: what was read, the nearest valid word, and all of them.</summary>
    /// <param name="noun">What the word should have been, as in "trait".</param>
    /// <param name="text">What was written.</param>
    /// <param name="words">The valid words.</param>
    public static string Complain(string noun, string text, IReadOnlyList<string> words)
    {
        string shown = text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
        string? nearest = Find(text, words);
        string hint = nearest is null ? string.Empty : $" Did you mean \"{nearest}\"?";
        return $"\"{shown}\" is not a {noun}.{hint} Valid: {string.Join(", ", words)}.";
    }

    /// <summary>Number of edits between two words (optimal string alignment), case ignored; long texts are cut at 64 characters.</summary>
    /// <param name="left">One word.</param>
    /// <param name="right">The other word.</param>
    public static int Edits(string left, string right)
    {
        ReadOnlySpan<char> a = left.AsSpan(0, Math.Min(left.Length, Longest)), b = right.AsSpan(0, Math.Min(right.Length, Longest));
        int[,] edits = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                int replace = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                int fewest = Math.Min(edits[i - 1, j - 1] + replace, 1 + Math.Min(edits[i - 1, j], edits[i, j - 1]));
                bool swapped = i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]);
                edits[i, j] = swapped ? Math.Min(fewest, edits[i - 2, j - 2] + 1) : fewest;
            }
        }

        return edits[a.Length, b.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
