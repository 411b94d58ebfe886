using Temperament.Models.Text;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>
/// Scores of a SentencePiece vocabulary as a list of merges, and back. Any two tokens whose joined text is a token merge, those of the
/// highest score first; among equals the order of the ids decides, as in the converter of the Hugging Face library.
/// </summary>
internal static class PieceMerges
{
    /// <summary>The merges in order.</summary>
    public static IEnumerable<(string Left, string Right)> Make(string[] tokens, float[] scores, int[] types, Dictionary<string, int> ids)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new List<(float Score, int Left, int Right)>(tokens.Length * 2);
        for (int whole = 0; whole < tokens.Length; whole++)
        {
            if ((GgufTokenType)types[whole] is not (GgufTokenType.Normal or GgufTokenType.UserDefined) || ids[tokens[whole]] != whole)
            {
                continue;
            }

            ReadOnlySpan<char> text = tokens[whole];
            for (int cut = 1; cut < text.Length; cut++)
            {
                if (!char.IsLowSurrogate(text[cut]) && lookup.TryGetValue(text[..cut], out int left) && lookup.TryGetValue(text[cut..], out int right))
                {
                    found.Add((scores[whole], left, right));
                }
            }
        }

        return found.OrderByDescending(m => m.Score).ThenBy(m => m.Left).ThenBy(m => m.Right).Select(m => (tokens[m.Left], tokens[m.Right]));
    }

    /// <summary>Scores that give the same order: a token is worth less the later its first merge stands, and tokens without one are worth least.</summary>
    public static float[] Scores(string?[] tokens, IReadOnlyList<(string Left, string Right)> merges, IReadOnlyDictionary<string, int> ids)
    {
        var scores = new float[tokens.Length];
        Array.Fill(scores, -1 - merges.Count);
        for (int rank = merges.Count - 1; rank >= 0; rank--)
        {
            if (ids.TryGetValue(merges[rank].Left + merges[rank].Right, out int whole))
            {
                scores[whole] = -1 - rank;
            }
        }

        return scores;
    }
}
