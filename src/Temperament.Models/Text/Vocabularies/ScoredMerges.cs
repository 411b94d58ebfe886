namespace Temperament.Models.Text.Vocabularies;

/// <summary>
/// Merges of a SentencePiece vocabulary, which stores scores and no merges: any two tokens whose joined text is a token may merge, those
/// of the highest score first. Kudo and Richardson 2018, https://arxiv.org/abs/1808.06226.
/// </summary>
internal static class ScoredMerges
{
    /// <summary>Finds all merges.</summary>
    /// <param name="tokens">Token strings by id.</param>
    /// <param name="scores">Scores by id.</param>
    /// <param name="ids">Ids by token string.</param>
    /// <param name="isText">Whether a token may take part in a merge.</param>
    public static MergeTable Make(string[] tokens, float[] scores, Dictionary<string, int> ids, Func<int, bool> isText)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        int[] ranks = Ranks(scores);
        var found = new List<(int Left, int Right, int Whole)>(tokens.Length * 2);
        for (int whole = 0; whole < tokens.Length; whole++)
        {
            if (!isText(whole) || ids[tokens[whole]] != whole)
            {
                continue;
            }

            ReadOnlySpan<char> text = tokens[whole];
            for (int cut = 1; cut < text.Length; cut++)
            {
                if (!char.IsLowSurrogate(text[cut]) && lookup.TryGetValue(text[..cut], out int left) && lookup.TryGetValue(text[cut..], out int right)
                    && isText(left) && isText(right))
                {
                    found.Add((left, right, whole));
                }
            }
        }

        var table = new MergeTable(found.Count);
        foreach ((int left, int right, int whole) in found)
        {
            table.Add(left, right, ranks[whole], whole);
        }

        return table;
    }

    // Equal scores have the same rank, so that of equally good pairs the leftmost is taken.
    private static int[] Ranks(float[] scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];
        var ranks = new int[scores.Length];
        for (int i = 1; i < order.Length; i++)
        {
            ranks[order[i]] = ranks[order[i - 1]] + (scores[order[i]] == scores[order[i - 1]] ? 0 : 1);
        }

        return ranks;
    }
}
