using System.Buffers;
using System.Text;

namespace Temperament.Models.Text.Vocabularies;

/// <summary>
/// The unigram language model of SentencePiece: of all ways to cut a text into tokens the one with the largest sum of scores, found by
/// Viterbi's algorithm from left to right. Kudo 2018, https://arxiv.org/abs/1804.10959.
/// </summary>
internal sealed class UnigramModel : IVocabularyModel
{
    private const double UnknownPenalty = 10, CertainPenalty = 0.1;

    private readonly TokenTrie _trie;
    private readonly double[] _scores;
    private readonly UnigramOptions _options;
    private readonly double _unknownScore;
    private readonly double _maxScore;
    private readonly WordCache _cache = new();

    /// <summary>Makes a model.</summary>
    /// <param name="tokens">Token strings by id; null where a token takes no part.</param>
    /// <param name="scores">Logarithms of the probabilities, by id.</param>
    /// <param name="range">The least and the largest score among the ordinary tokens.</param>
    /// <param name="options">Details.</param>
    public UnigramModel(IReadOnlyList<string?> tokens, double[] scores, (double Least, double Largest) range, UnigramOptions options)
    {
        _trie = new TokenTrie(tokens);
        _scores = scores;
        _options = options;
        _unknownScore = Round(range.Least - UnknownPenalty);
        _maxScore = range.Largest;
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> piece, TokenRun target)
    {
        if (target.Bytes is null && _cache.TryAdd(piece, target.Ids))
        {
            return;
        }

        int before = target.Ids.Count;
        Node[] rented = ArrayPool<Node>.Shared.Rent(piece.Length + 1);
        Span<Node> nodes = rented.AsSpan(0, piece.Length + 1);
        FindPath(piece, nodes);
        Emit(piece, nodes, target);
        ArrayPool<Node>.Shared.Return(rented);
        if (target.Bytes is null)
        {
            _cache.Remember(piece, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(target.Ids)[before..]);
        }
    }

    private void FindPath(ReadOnlySpan<char> piece, Span<Node> nodes)
    {
        nodes.Fill(new Node(0, -1, -1));
        for (int start = 0; start < piece.Length;)
        {
            double score = nodes[start].Score;
            CodePoints.At(piece, start, out int single);
            bool hasSingle = false;
            int node = TokenTrie.Root;
            for (int end = start; end < piece.Length;)
            {
                node = _trie.Child(node, piece[end]);
                if (node == TokenTrie.None)
                {
                    break;
                }

                end++;
                int id = _trie.Token(node);
                if (id != TokenTrie.None)
                {
                    Offer(ref nodes[end], score + ScoreOf(id, piece[start..end]), start, id);
                    hasSingle |= end - start == single;
                }
            }

            if (!hasSingle)
            {
                Offer(ref nodes[start + single], Round(score + _unknownScore), start, TokenTrie.None);
            }

            start += single;
        }
    }

    private double ScoreOf(int id, ReadOnlySpan<char> text) =>
        _options.Certain.Contains(id) ? Round(Encoding.UTF8.GetByteCount(text) * _maxScore) - CertainPenalty : _scores[id];

    private void Offer(ref Node node, double score, int start, int id)
    {
        if (node.Start < 0 || score > node.Score)
        {
            node = new Node(Round(score), start, id);
        }
    }

    private double Round(double score) => _options.IsSentencePiece ? (float)score : score;

    // Turns the links around, so that the path is read from its start, and joins rows of unknown characters.
    private void Emit(ReadOnlySpan<char> piece, Span<Node> nodes, TokenRun target)
    {
        int next = -1;
        for (int end = piece.Length; end > 0;)
        {
            int start = nodes[end].Start;
            nodes[end] = nodes[end] with { Next = next };
            next = end;
            end = start;
        }

        for (int start = 0, bytes = 0; start < piece.Length;)
        {
            int end = next, id = nodes[end].Id;
            next = nodes[end].Next;
            bool isUnknown = IsUnknown(id);
            while (isUnknown && (_options.Bytes.Count == 0 || !_options.IsSentencePiece) && next >= 0 && IsUnknown(nodes[next].Id))
            {
                end = next;
                next = nodes[end].Next;
            }

            ReadOnlySpan<char> text = piece[start..end];
            int size = target.Bytes is null ? 0 : Encoding.UTF8.GetByteCount(text);
            if (!isUnknown)
            {
                target.Add(id, bytes, bytes + size);
            }
            else
            {
                EmitUnknown(text, bytes, size, target);
            }

            bytes += size;
            start = end;
        }
    }

    private bool IsUnknown(int id) => id == TokenTrie.None || id == _options.UnknownId;

    private void EmitUnknown(ReadOnlySpan<char> text, int start, int size, TokenRun target)
    {
        if (!_options.IsSentencePiece && _trie.Find(text) is >= 0 and int whole)
        {
            target.Add(whole, start, start + size);
            return;
        }

        if (_options.Bytes.Count == 0)
        {
            target.Add(_options.UnknownId ?? throw new TokenizerException($"The vocabulary lacks {text.ToString()} and has no unknown token."),
                start, start + size);
            return;
        }

        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        for (int i = 0; i < bytes.Length; i++)
        {
            target.Add(_options.Bytes[bytes[i]], start, !_options.IsSentencePiece || i == bytes.Length - 1 ? start + size : start);
        }
    }

    private readonly record struct Node(double Score, int Start, int Id)
    {
        public int Next { get; init; } = -1;
    }
}
