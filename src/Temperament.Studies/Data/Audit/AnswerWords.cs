namespace Temperament.Studies.Data.Audit;

/// <summary>Cuts an answer into the words that counts and comparisons are made of.</summary>
internal static class AnswerWords
{
    /// <summary>Runs of letters and digits in lower case; an apostrophe or hyphen between two of them belongs to the word.</summary>
    public static IEnumerable<string> Of(string text)
    {
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            bool inside = i < text.Length && (char.IsLetterOrDigit(text[i]) || (start >= 0 && Joins(text, i)));
            if (inside && start < 0)
            {
                start = i;
            }
            else if (!inside && start >= 0)
            {
                yield return text[start..i].ToLowerInvariant().Replace('’', '\'');
                start = -1;
            }
        }
    }

    /// <summary>The runs of <paramref name="size"/> words, joined by blanks.</summary>
    public static IEnumerable<string> Grams(IReadOnlyList<string> words, int size)
    {
        for (int i = 0; i + size <= words.Count; i++)
        {
            yield return string.Join(' ', words.Skip(i).Take(size));
        }
    }

    private static bool Joins(string text, int at) =>
        text[at] is '\'' or '’' or '-' && at + 1 < text.Length && char.IsLetterOrDigit(text[at + 1]);
}
