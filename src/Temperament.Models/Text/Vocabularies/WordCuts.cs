namespace Temperament.Models.Text.Vocabularies;

/// <summary>
/// Places where a text of a SentencePiece vocabulary may be cut before its pairs are merged: in front of the mark for a space, where no
/// token has the character before it and the mark behind. No merge crosses such a place, so the parts come out as they would in the whole,
/// and words that come again are found in the cache.
/// </summary>
internal sealed class WordCuts
{
    private const char Mark = '\u2581';

    private readonly bool[] _joined = new bool[char.MaxValue + 1];

    /// <summary>The places of a vocabulary; null where it has no mark.</summary>
    public static WordCuts? Find(Dictionary<string, int> vocabulary)
    {
        // Without the mark as a token of its own it would be unknown, and unknown characters may be one with those before them.
        if (!vocabulary.ContainsKey(Mark.ToString()))
        {
            return null;
        }

        var cuts = new WordCuts();
        foreach (string token in vocabulary.Keys)
        {
            for (int at = 1; at < token.Length; at++)
            {
                if (token[at] == Mark)
                {
                    cuts._joined[token[at - 1]] = true;
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
            if (!_joined[text[at - 1]])
            {
                return at;
            }
        }

        return text.Length;
    }
}
