using System.Collections.Concurrent;

namespace Temperament.Models.Text.Vocabularies;

/// <summary>The ids of pieces that were seen before. It stops growing when it is full, so its memory is bounded.</summary>
internal sealed class WordCache
{
    private const int MaxWords = 1 << 16;
    private const int MaxLength = 48;

    private readonly ConcurrentDictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private int _count;

    public WordCache()
    {
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool TryAdd(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (piece.Length > MaxLength || !_lookup.TryGetValue(piece, out int[]? known))
        {
            return false;
        }

        ids.AddRange(known);
        return true;
    }

    public void Remember(ReadOnlySpan<char> piece, ReadOnlySpan<int> ids)
    {
        if (piece.Length <= MaxLength && _count < MaxWords && _lookup.TryAdd(piece, ids.ToArray()))
        {
            Interlocked.Increment(ref _count);
        }
    }
}
