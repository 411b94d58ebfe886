namespace Temperament.Models.Text.Vocabularies;

/// <summary>
/// Places where a text of a SentencePiece vocabulary may be cut before its pairs are merged: between a character of the vocabulary and the
/// mark for a space, where no token has the one before the other. No merge crosses such a place, so the parts come out as they would in
/// the whole, and words that come again are found in the cache.
/// </summary>
internal sealed class WordCuts
{
    private const char Mark = '\u2581';

    private readonly bool[] _parts = new bool[char.MaxValue + 1];

    /// <summary>The places of a vocabulary; null where it has no mark.</summary>
    public static WordCuts? Find(Dictionary<string, int> vocabulary)
    {
        // An unknown character may be left out, or be one with its neighbours: the characters on both sides must be known.
        // Tokens that share an id cannot be told apart by the merges.
        if (!vocabulary.ContainsKey(Mark.ToString()) || vocabulary.Values.Distinct().Count() != vocabulary.Count)
        {
            return null;
        }

        var cuts = new WordCuts();
        foreach (string token in vocabulary.Keys)
        {
            if (token.Length == 1)
            {
                cuts._parts[token[0]] = true;
            }
        }

        foreach (string token in vocabulary.Keys)
        {
            for (int at = 1; at < token.Length; at++)
            {
                if (token[at] == Mark)
                {
                    cuts._parts[token[at - 1]] = false;
                }
            }
        }

        return cuts;
    }

    /// <summary>The first place behind a start where a word ends; the end of the text if there is none.</summary>
    public int Next(ReadOnlySpan<char> text, int start)
    {
        for (int at = start + 1; at < text.Length; at++)
        {
            int skip = text[at..].IndexOf(Mark);
            if (skip < 0)
            {
                break;
            }

            at += skip;
            if (_parts[text[at - 1]])
            {
                return at;
            }
        }

        return text.Length;
    }
}
