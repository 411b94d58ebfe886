using System.Runtime.InteropServices;
using Temperament.Models.Text.Normalizing;
using Temperament.Models.Text.Patterns;
using Temperament.Models.Text.Splitting;

namespace Temperament.Models.Text;

/// <summary>
/// Learns a byte-level byte-pair vocabulary with GPT-2's way of cutting text, and gives the same merges as the trainer of Hugging Face's
/// tokenizers: the most frequent pair is merged first, of equally frequent ones the pair of the smallest ids.
/// Sennrich et al. 2016, https://arxiv.org/abs/1508.07909.
/// </summary>
public static class BytePairTrainer
{
    /// <summary>Learns a vocabulary.</summary>
    /// <param name="documents">Texts; their order does not matter.</param>
    /// <param name="vocabularySize">Number of tokens to stop at: special tokens, 256 bytes, then merges. Fewer come out of a small corpus.</param>
    /// <param name="specialTokens">Special tokens, which get the first ids.</param>
    public static TrainedBytePairs Train(IEnumerable<string> documents, int vocabularySize, IReadOnlyList<string> specialTokens)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(specialTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, specialTokens.Count + 256);
        var run = new Run(specialTokens);
        foreach ((string word, long count) in CountWords(documents))
        {
            run.AddWord(word, count);
        }

        run.MergeUpTo(vocabularySize);
        return new TrainedBytePairs(run.Tokens, run.Merges, specialTokens);
    }

    private static List<KeyValuePair<string, long>> CountWords(IEnumerable<string> documents)
    {
        var split = new PatternSplit(new Pattern(PatternSplit.Gpt2), SplitBehavior.Isolated, inverted: false);
        var counter = new WordCounter();
        foreach (string document in documents)
        {
            split.Split(TextPiece.Of(SourceText.Of(document, tracks: false), isFirst: true), counter);
        }

        // An order of its own, so that nothing depends on the order of the documents.
        List<KeyValuePair<string, long>> words = [.. counter.Counts];
        words.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return words;
    }

    private sealed class WordCounter : PieceSink
    {
        private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;

        public WordCounter()
        {
            _lookup = Counts.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public Dictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

        public override void Take(in TextPiece piece) => CollectionsMarshal.GetValueRefOrAddDefault(_lookup, piece.Span, out _)++;
    }

    private sealed class Run
    {
        private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
        private readonly List<int[]> _words = [];
        private readonly List<int> _lengths = [];
        private readonly List<long> _counts = [];
        private readonly Dictionary<(int Left, int Right), long> _pairCounts = [];
        private readonly Dictionary<(int Left, int Right), long> _changes = [];
        private readonly Dictionary<(int Left, int Right), int> _ranks = [];
        private Dictionary<(int Left, int Right), HashSet<int>> _appeared = [];
        private int _merged;

        public Run(IReadOnlyList<string> specialTokens)
        {
            foreach (string token in specialTokens.Concat(
                Enumerable.Range(0, 256).Select(b => ByteLevel.Character((byte)b)).Order().Select(c => c.ToString())))
            {
                if (_ids.TryAdd(token, Tokens.Count))
                {
                    Tokens.Add(token);
                }
            }
        }

        public List<string> Tokens { get; } = [];

        /// <summary>Merges in order. A pair that was merged twice stands where it was merged last, as the reference stores it.</summary>
        public List<(string Left, string Right)> Merges =>
            [.. _ranks.OrderBy(p => p.Value).Select(p => (Tokens[p.Key.Left], Tokens[p.Key.Right]))];

        public void AddWord(string word, long count)
        {
            int[] symbols = [.. ByteLevel.Map(word).Select(c => _ids[c.ToString()])];
            int index = _words.Count;
            _words.Add(symbols);
            _lengths.Add(symbols.Length);
            _counts.Add(count);
            for (int i = 0; i + 1 < symbols.Length; i++)
            {
                (int, int) pair = (symbols[i], symbols[i + 1]);
                CollectionsMarshal.GetValueRefOrAddDefault(_pairCounts, pair, out _) += count;
                WordsOf(pair).Add(index);
            }
        }

        // A queued pair knows the words in which it appeared when it was queued. Where two merges give the same token, a pair can be
        // queued twice with other words each time; the reference treats them apart, and so does this.
        public void MergeUpTo(int vocabularySize)
        {
            var queue = new PriorityQueue<Candidate, (long Count, int Left, int Right)>();
            Enqueue(queue);
            while (Tokens.Count < vocabularySize && queue.TryDequeue(out Candidate candidate, out (long Count, int, int) priority))
            {
                long count = _pairCounts[candidate.Pair];
                if (-priority.Count != count)
                {
                    // The count has changed since the pair was queued.
                    queue.Enqueue(candidate, (-count, candidate.Pair.Left, candidate.Pair.Right));
                    continue;
                }

                if (count < 1)
                {
                    break;
                }

                Merge(candidate);
                Enqueue(queue);
            }
        }

        private void Enqueue(PriorityQueue<Candidate, (long Count, int Left, int Right)> queue)
        {
            foreach (((int Left, int Right) pair, HashSet<int> words) in _appeared)
            {
                if (_pairCounts[pair] > 0)
                {
                    queue.Enqueue(new Candidate(pair, words), (-_pairCounts[pair], pair.Left, pair.Right));
                }
            }

            _appeared = [];
        }

        private void Merge(Candidate candidate)
        {
            (int left, int right) = candidate.Pair;
            string token = Tokens[left] + Tokens[right];
            if (!_ids.TryGetValue(token, out int whole))
            {
                whole = Tokens.Count;
                Tokens.Add(token);
                _ids.Add(token, whole);
            }

            _ranks[candidate.Pair] = _merged++;
            foreach (int index in candidate.Words)
            {
                _changes.Clear();
                _lengths[index] = MergeWord(_words[index].AsSpan(0, _lengths[index]), candidate.Pair, whole);
                foreach (((int Left, int Right) changed, long times) in _changes)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(_pairCounts, changed, out _) += times * _counts[index];
                    if (times > 0)
                    {
                        WordsOf(changed).Add(index);
                    }
                }
            }
        }

        private int MergeWord(Span<int> word, (int Left, int Right) pair, int whole)
        {
            int written = 0;
            for (int i = 0; i < word.Length; i++)
            {
                if (i + 1 < word.Length && word[i] == pair.Left && word[i + 1] == pair.Right)
                {
                    if (written > 0)
                    {
                        Change((word[written - 1], pair.Left), -1);
                        Change((word[written - 1], whole), 1);
                    }

                    if (i + 2 < word.Length)
                    {
                        Change((pair.Right, word[i + 2]), -1);
                        Change((whole, word[i + 2]), 1);
                    }

                    word[written++] = whole;
                    i++;
                }
                else
                {
                    word[written++] = word[i];
                }
            }

            return written;
        }

        private void Change((int Left, int Right) pair, int times) =>
            CollectionsMarshal.GetValueRefOrAddDefault(_changes, pair, out _) += times;

        private HashSet<int> WordsOf((int Left, int Right) pair)
        {
            ref HashSet<int>? words = ref CollectionsMarshal.GetValueRefOrAddDefault(_appeared, pair, out _);
            return words ??= [];
        }

        private readonly record struct Candidate((int Left, int Right) Pair, HashSet<int> Words);
    }
}
