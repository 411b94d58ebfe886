using System.Text;

namespace Temperament.Models.Text;

/// <summary>Joins WordPiece tokens: a space before each token that does not continue a word.</summary>
internal static class WordPieceText
{
    private static readonly (string From, string To)[] CleanUps =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    public static string Join(ReadOnlySpan<int> ids, IReadOnlyList<string?> tokens, Func<int, bool>? skip, bool cleansUp)
    {
        var text = new StringBuilder();
        bool first = true;
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)tokens.Count || tokens[id] is not { } token || (skip is not null && skip(id)))
            {
                continue;
            }

            if (!first)
            {
                token = token.StartsWith("##", StringComparison.Ordinal) ? token[2..] : " " + token;
            }

            first = false;
            text.Append(cleansUp ? Clean(token) : token);
        }

        return text.ToString();
    }

    // The library cleans each token by itself, its space included.
    private static string Clean(string token)
    {
        foreach ((string from, string to) in CleanUps)
        {
            token = token.Replace(from, to, StringComparison.Ordinal);
        }

        return token;
    }
}
