using System.Text;

namespace Temperament.Models.Text.Vocabularies;

/// <summary>
/// WordPiece: the longest token that begins the word, then the longest that continues it, and so on; a word that cannot be written so is
/// one unknown token. Wu et al. 2016, https://arxiv.org/abs/1609.08144.
/// </summary>
internal sealed class WordPieceModel : IVocabularyModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _first;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _later;
    private readonly WordCache _cache = new();
    private readonly int _unknown;
    private readonly int _maxCharacters;
    private readonly int _longest;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Token string to id.</param>
    /// <param name="prefix">What a token begins with that continues a word.</param>
    /// <param name="unknown">Id of the unknown token.</param>
    /// <param name="maxCharacters">Words of more code points are unknown.</param>
    public WordPieceModel(Dictionary<string, int> vocabulary, string prefix, int unknown, int maxCharacters)
    {
        var later = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string token, int id) in vocabulary)
        {
            _longest = Math.Max(_longest, token.Length);
            if (token.StartsWith(prefix, StringComparison.Ordinal))
            {
                later[token[prefix.Length..]] = id;
            }
        }

        _first = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _later = later.GetAlternateLookup<ReadOnlySpan<char>>();
        _unknown = unknown;
        _maxCharacters = maxCharacters;
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> piece, TokenRun target)
    {
        bool tracks = target.Bytes is not null;
        if (!tracks && _cache.TryAdd(piece, target.Ids))
        {
            return;
        }

        int before = target.Ids.Count, bytes = tracks ? Encoding.UTF8.GetByteCount(piece) : 0;
        if (piece.Length > _maxCharacters && CodePoints.Count(piece) > _maxCharacters)
        {
            target.Add(_unknown, 0, bytes);
            return;
        }

        for (int at = 0, done = 0; at < piece.Length;)
        {
            int length = Longest(piece[at..], at == 0 ? _first : _later, out int id);
            if (length == 0)
            {
                target.Ids.RemoveRange(before, target.Ids.Count - before);
                target.Bytes?.Clear();
                target.Add(_unknown, 0, bytes);
                break;
            }

            int size = tracks ? Encoding.UTF8.GetByteCount(piece.Slice(at, length)) : 0;
            target.Add(id, done, done + size);
            done += size;
            at += length;
        }

        if (!tracks)
        {
            _cache.Remember(piece, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(target.Ids)[before..]);
        }
    }

    private int Longest(ReadOnlySpan<char> rest, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> tokens, out int id)
    {
        for (int length = Math.Min(rest.Length, _longest); length > 0; length--)
        {
            if (length < rest.Length && char.IsLowSurrogate(rest[length]) && char.IsHighSurrogate(rest[length - 1]))
            {
                continue;
            }

            if (tokens.TryGetValue(rest[..length], out id))
            {
                return length;
            }
        }

        id = -1;
        return 0;
    }
}
