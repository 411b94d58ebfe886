using System.Buffers;
using Temperament.Measures.Emoji;

namespace Temperament.Measures.Judges;

/// <summary>
/// The words and pairs of neighbouring words of a text that a vocabulary knows. Emoji are taken out first, so that whatever reads these
/// features is blind to them; other marks and digits part words.
/// </summary>
internal sealed class TextFeatures
{
    private readonly Dictionary<string, int> _ids;

    /// <summary>Takes the features of a vocabulary; feature i is the i-th.</summary>
    public TextFeatures(IReadOnlyList<string> features)
    {
        Features = features;
        _ids = new Dictionary<string, int>(features.Count, StringComparer.Ordinal);
        for (int i = 0; i < features.Count; i++)
        {
            _ids.Add(features[i], i);
        }
    }

    /// <summary>The features in ordinal order: a word, or two words with a space between.</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>Finds the features that at least so many of the texts hold.</summary>
    public static TextFeatures Of(IEnumerable<string> texts, int minimumDocuments)
    {
        var documents = new Dictionary<string, int>(StringComparer.Ordinal);
        var here = new HashSet<string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            here.Clear();
            string before = "";
            foreach (string word in Words(text))
            {
                here.Add(word);
                if (before.Length > 0)
                {
                    here.Add($"{before} {word}");
                }

                before = word;
            }

            foreach (string feature in here)
            {
                documents[feature] = documents.GetValueOrDefault(feature) + 1;
            }
        }

        string[] kept = [.. documents.Where(pair => pair.Value >= minimumDocuments).Select(pair => pair.Key)];
        Array.Sort(kept, StringComparer.Ordinal);
        return new TextFeatures(kept);
    }

    /// <summary>The features that a text holds, each once, in ascending order.</summary>
    public int[] Present(string text)
    {
        var lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var present = new SortedSet<int>();
        string before = "";
        char[] pair = ArrayPool<char>.Shared.Rent((2 * text.Length) + 2);
        foreach (string word in Words(text))
        {
            if (_ids.TryGetValue(word, out int id))
            {
                present.Add(id);
            }

            if (before.Length > 0)
            {
                before.CopyTo(pair);
                pair[before.Length] = ' ';
                word.CopyTo(pair.AsSpan(before.Length + 1));
                if (lookup.TryGetValue(pair.AsSpan(0, before.Length + 1 + word.Length), out int pairId))
                {
                    present.Add(pairId);
                }
            }

            before = word;
        }

        ArrayPool<char>.Shared.Return(pair);
        return [.. present];
    }

    /// <summary>The words of a text in lower case, without emoji; an apostrophe between letters belongs to its word.</summary>
    internal static IEnumerable<string> Words(string text)
    {
        string plain = text.AsSpan().ContainsAnyExceptInRange('\0', '\u007f') ? EmojiScanner.Remove(text) : text;
        int start = -1;
        for (int i = 0; i <= plain.Length; i++)
        {
            bool inside = i < plain.Length
                && (char.IsLetter(plain[i])
                    || (start >= 0 && plain[i] is '\'' or '’' && i + 1 < plain.Length && char.IsLetter(plain[i + 1])));
            if (inside && start < 0)
            {
                start = i;
            }
            else if (!inside && start >= 0)
            {
                yield return plain[start..i].ToLowerInvariant().Replace('’', '\'');
                start = -1;
            }
        }
    }
}
