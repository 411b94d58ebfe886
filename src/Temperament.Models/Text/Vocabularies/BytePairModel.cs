using System.Buffers;
using System.Text;

namespace Temperament.Models.Text.Vocabularies;

/// <summary>
/// Byte-pair encoding over bytes (GPT-2, Llama 3, Qwen …) or over characters with single bytes as the fallback (Llama 2, Mistral, Gemma).
/// </summary>
internal sealed class BytePairModel : IVocabularyModel
{
    private const int Missing = -1;

    private readonly MergeTable _merges;
    private readonly BytePairOptions _options;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly int[] _bytes = new int[256];
    private readonly WordCache _cache = new();
    private readonly WordCuts? _cuts;
    private readonly int _longest;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Token string to id.</param>
    /// <param name="merges">Merges by pairs of ids.</param>
    /// <param name="options">How symbols are made.</param>
    public BytePairModel(Dictionary<string, int> vocabulary, MergeTable merges, BytePairOptions options)
    {
        _merges = merges;
        _options = options;
        _ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _cuts = options.IsByteLevel || options.IgnoresMerges ? null : WordCuts.Find(vocabulary);
        foreach (string token in vocabulary.Keys)
        {
            _longest = Math.Max(_longest, token.Length);
        }

        for (int b = 0; b < 256; b++)
        {
            string name = options.IsByteLevel ? ByteLevel.Character((byte)b).ToString() : $"<0x{b:X2}>";
            _bytes[b] = vocabulary.GetValueOrDefault(name, Missing);
        }
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> piece, TokenRun target)
    {
        if (_cuts is null || target.Bytes is not null)
        {
            EncodeWord(piece, target);
            return;
        }

        int start = 0;
        for (int end = _cuts.Next(piece, 0); end < piece.Length; start = end, end = _cuts.Next(piece, start))
        {
            EncodeWord(piece[start..end], target);
        }

        EncodeWord(piece[start..], target);
    }

    private void EncodeWord(ReadOnlySpan<char> word, TokenRun target)
    {
        bool tracks = target.Bytes is not null;
        if ((!tracks && _cache.TryAdd(word, target.Ids)) || (_options.IgnoresMerges && TryWhole(word, target)))
        {
            return;
        }

        int most = (word.Length * 3) + 1;
        int[] rented = ArrayPool<int>.Shared.Rent(tracks ? most * 2 : most);
        Span<int> symbols = rented.AsSpan(0, most), lengths = tracks ? rented.AsSpan(most, most) : [];
        int count = _options.IsByteLevel ? ByteSymbols(word, symbols, lengths) : CharacterSymbols(word, symbols, lengths);
        count = PairMerger.Merge(symbols[..count], tracks ? lengths[..count] : [], _merges);
        target.Add(symbols[..count], tracks ? lengths[..count] : []);
        if (!tracks)
        {
            _cache.Remember(word, symbols[..count]);
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    // A word of the vocabulary is taken whole, even where no merge leads to it.
    private bool TryWhole(ReadOnlySpan<char> piece, TokenRun target)
    {
        if (piece.Length > _longest || !(_options.IsByteLevel && !_options.IsMapped
            ? _ids.TryGetValue(ByteLevel.Map(piece), out int id)
            : _ids.TryGetValue(piece, out id)))
        {
            return false;
        }

        target.Add(id, 0, target.Bytes is null ? 0 : Encoding.UTF8.GetByteCount(piece));
        return true;
    }

    private int ByteSymbols(ReadOnlySpan<char> piece, Span<int> symbols, Span<int> lengths)
    {
        byte[]? rented = piece.Length > 128 ? ArrayPool<byte>.Shared.Rent(piece.Length * 3) : null;
        Span<byte> bytes = rented ?? stackalloc byte[128 * 3];
        int length;
        if (_options.IsMapped)
        {
            length = ByteLevel.TryUnmap(piece, bytes) ? piece.Length : throw new TokenizerException("A piece is not written in byte characters.");
        }
        else
        {
            length = Encoding.UTF8.GetBytes(piece, bytes);
        }

        var writer = new SymbolWriter(symbols, lengths, _options);
        for (int i = 0; i < length; i++)
        {
            writer.Add(_bytes[bytes[i]], _options.IsMapped && piece[i] >= 0x80 ? 2 : 1);
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return writer.Count;
    }

    private int CharacterSymbols(ReadOnlySpan<char> piece, Span<int> symbols, Span<int> lengths)
    {
        Span<byte> bytes = stackalloc byte[8];
        var writer = new SymbolWriter(symbols, lengths, _options);
        for (int at = 0; at < piece.Length;)
        {
            int length = _options.Certain?.LongestPrefix(piece[at..]) ?? 0;
            if (length == 0)
            {
                CodePoints.At(piece, at, out length);
            }

            ReadOnlySpan<char> character = piece.Slice(at, length);
            at += length;
            if (length > 2)
            {
                writer.Add(_ids.TryGetValue(character, out int whole) ? whole : Missing, Encoding.UTF8.GetByteCount(character));
                continue;
            }

            int size = Encoding.UTF8.GetBytes(character, bytes);
            if (_ids.TryGetValue(character, out int id))
            {
                writer.Add(id, size);
            }
            else if (_options.FallsBackToBytes && !HasMissing(bytes[..size]))
            {
                for (int i = 0; i < size; i++)
                {
                    writer.Add(_bytes[bytes[i]], !_options.EndsBytesAtLast ? 1 : i == size - 1 ? size : 0);
                }
            }
            else
            {
                writer.Add(Missing, size);
            }
        }

        return writer.Count;
    }

    private bool HasMissing(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (_bytes[b] == Missing)
            {
                return true;
            }
        }

        return false;
    }

    // The first symbols of a piece; what the vocabulary lacks is unknown, or left out where it has no token for that.
    private ref struct SymbolWriter(Span<int> symbols, Span<int> lengths, BytePairOptions options)
    {
        private readonly Span<int> _symbols = symbols;
        private readonly Span<int> _lengths = lengths;
        private bool _afterUnknown;

        public int Count { get; private set; }

        public void Add(int id, int bytes)
        {
            bool isUnknown = id == Missing;
            if (isUnknown)
            {
                if (options.UnknownId is not int unknown)
                {
                    return;
                }

                if (_afterUnknown && options.FusesUnknown)
                {
                    if (!_lengths.IsEmpty)
                    {
                        _lengths[Count - 1] += bytes;
                    }

                    return;
                }

                id = unknown;
            }

            _afterUnknown = isUnknown;
            _symbols[Count] = id;
            if (!_lengths.IsEmpty)
            {
                _lengths[Count] = bytes;
            }

            Count++;
        }
    }
}
