using System.Buffers;

namespace Temperament.Models.Text.Vocabularies;

/// <summary>
/// Merges neighbours until no pair of the table is left: always the pair of the lowest rank, of equal ones the leftmost
/// (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909). Short rows are searched, long ones keep their pairs in a heap.
/// </summary>
internal static class PairMerger
{
    private const int SearchLimit = 48;

    /// <summary>Merges in place.</summary>
    /// <param name="symbols">Ids.</param>
    /// <param name="lengths">A number for each that merging adds up; empty for none.</param>
    /// <param name="merges">Pairs that merge.</param>
    /// <returns>Number of symbols that are left.</returns>
    public static int Merge(Span<int> symbols, Span<int> lengths, MergeTable merges) =>
        symbols.Length <= SearchLimit ? MergeBySearch(symbols, lengths, merges) : MergeByHeap(symbols, lengths, merges);

    private static int MergeBySearch(Span<int> symbols, Span<int> lengths, MergeTable merges)
    {
        int count = symbols.Length;
        Span<long> pairs = stackalloc long[SearchLimit];
        for (int i = 0; i + 1 < count; i++)
        {
            pairs[i] = merges.Find(symbols[i], symbols[i + 1]);
        }

        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i < count - 1; i++)
            {
                best = pairs[i] >> 32 < pairs[best] >> 32 ? i : best;
            }

            if (pairs[best] == long.MaxValue)
            {
                break;
            }

            symbols[best] = (int)pairs[best];
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            if (!lengths.IsEmpty)
            {
                lengths[best] += lengths[best + 1];
                lengths[(best + 2)..count].CopyTo(lengths[(best + 1)..]);
            }

            pairs[(best + 1)..(count - 1)].CopyTo(pairs[best..]);
            count--;
            if (best > 0)
            {
                pairs[best - 1] = merges.Find(symbols[best - 1], symbols[best]);
            }

            if (best + 1 < count)
            {
                pairs[best] = merges.Find(symbols[best], symbols[best + 1]);
            }
        }

        return count;
    }

    private static int MergeByHeap(Span<int> symbols, Span<int> lengths, MergeTable merges)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(symbols.Length * 2);
        try
        {
            Span<int> next = rented.AsSpan(0, symbols.Length), previous = rented.AsSpan(symbols.Length, symbols.Length);
            var heap = new PriorityQueue<(int Left, int Right, int Place), (int Rank, int Place)>(symbols.Length);
            for (int i = 0; i < symbols.Length; i++)
            {
                next[i] = i + 1;
                previous[i] = i - 1;
                Push(heap, symbols, merges, i, i + 1);
            }

            while (heap.TryDequeue(out (int Left, int Right, int Place) pair, out _))
            {
                int left = pair.Place, right = next[left];
                // A pair is stale where one of its sides has been merged into something else since.
                if (symbols[left] != pair.Left || right >= symbols.Length || symbols[right] != pair.Right)
                {
                    continue;
                }

                symbols[left] = (int)merges.Find(pair.Left, pair.Right);
                symbols[right] = -1;
                next[left] = next[right];
                if (!lengths.IsEmpty)
                {
                    lengths[left] += lengths[right];
                }

                if (next[right] < symbols.Length)
                {
                    previous[next[right]] = left;
                }

                Push(heap, symbols, merges, left, next[left]);
                if (previous[left] >= 0)
                {
                    Push(heap, symbols, merges, previous[left], left);
                }
            }

            int count = 0;
            for (int i = 0; i < symbols.Length; i = next[i])
            {
                symbols[count] = symbols[i];
                if (!lengths.IsEmpty)
                {
                    lengths[count] = lengths[i];
                }

                count++;
            }

            return count;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private static void Push(PriorityQueue<(int Left, int Right, int Place), (int Rank, int Place)> heap, Span<int> symbols,
        MergeTable merges, int left, int right)
    {
        if (right < symbols.Length)
        {
            long found = merges.Find(symbols[left], symbols[right]);
            if (found != long.MaxValue)
            {
                heap.Enqueue((symbols[left], symbols[right], left), ((int)(found >> 32), left));
            }
        }
    }
}
