namespace Temperament.Studies.Data.Audit;

/// <summary>
/// Answers that share most of their word trigrams. Candidates come from MinHash (Broder, 1997): 64 bands of 3 hashes, so that a pair whose
/// Jaccard similarity is s is compared with probability 1 - (1 - s³)^64, which is 99.5 % at s = 0.43 (60 % of equally long answers shared)
/// and beyond; each candidate is then compared exactly, so that nothing is reported that is not so.
/// </summary>
internal sealed class NearDuplicates : IAuditRule
{
    private const int Bands = 64;
    private const int HashesInBand = 3;
    private const int LargestBucket = 200;

    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        AuditRow[] distinct = [.. rows.Where(row => row.Words.Count >= 5).DistinctBy(row => string.Join(' ', row.Words))];
        HashSet<ulong>[] trigrams = [.. distinct.Select(row => AnswerWords.Grams(row.Words, 3).Select(Hash).ToHashSet())];
        foreach ((int first, int second) in Candidates(trigrams).OrderBy(pair => pair.Second).ThenBy(pair => pair.First))
        {
            double share = Shared(trigrams[first], trigrams[second]);
            if (share >= options.SharedTrigrams)
            {
                yield return distinct[second].Error("near-duplicate", FormattableString.Invariant(
                    $"the answer shares {share * 100:0} % of its word trigrams with {distinct[first].Place}."));
            }
        }
    }

    /// <summary>Share of the trigrams of the shorter answer that the other has too.</summary>
    internal static double Shared(HashSet<ulong> left, HashSet<ulong> right)
    {
        (HashSet<ulong> few, HashSet<ulong> many) = left.Count <= right.Count ? (left, right) : (right, left);
        return few.Count == 0 ? 0 : (double)few.Count(many.Contains) / few.Count;
    }

    private static HashSet<(int First, int Second)> Candidates(HashSet<ulong>[] sets)
    {
        ulong[][] signatures = [.. sets.Select(Signature)];
        HashSet<(int, int)> pairs = [];
        for (int band = 0; band < Bands; band++)
        {
            Dictionary<(ulong, ulong, ulong), List<int>> buckets = [];
            for (int i = 0; i < signatures.Length; i++)
            {
                ulong[] at = signatures[i];
                (ulong, ulong, ulong) key = (at[HashesInBand * band], at[(HashesInBand * band) + 1], at[(HashesInBand * band) + 2]);
                List<int> bucket = buckets.TryGetValue(key, out List<int>? known) ? known : buckets[key] = [];
                foreach (int other in bucket)
                {
                    pairs.Add((other, i));
                }

                // A bucket of very many answers is one stock phrase; the first of them stand for it, so that time stays linear.
                if (bucket.Count < LargestBucket)
                {
                    bucket.Add(i);
                }
            }
        }

        return pairs;
    }

    private static ulong[] Signature(HashSet<ulong> trigrams)
    {
        var least = new ulong[Bands * HashesInBand];
        Array.Fill(least, ulong.MaxValue);
        foreach (ulong trigram in trigrams)
        {
            ulong state = trigram;
            for (int i = 0; i < least.Length; i++)
            {
                state += 0x9E3779B97F4A7C15;
                least[i] = Math.Min(least[i], Mix(state));
            }
        }

        return least;
    }

    private static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return Mix(hash);
    }

    // The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
