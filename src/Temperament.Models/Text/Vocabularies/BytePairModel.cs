using System.Buffers;
using System.Runtime.InteropServices;
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

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Token string to id.</param>
    /// <param name="merges">Merges by pairs of ids.</param>
    /// <param name="options">How symbols are made.</param>
    public BytePairModel(Dictionary<string, int> vocabulary, MergeTable merges, BytePairOptions options)
    {
        _merges = merges;
        _options = options;
        _ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int b = 0; b < 256; b++)
        {
            string name = options.IsByteLevel ? ByteLevel.Character((byte)b).ToString() : $"<0x{b:X2}>";
            _bytes[b] = vocabulary.GetValueOrDefault(name, Missing);
        }
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_cache.TryAdd(piece, ids))
        {
            return;
        }

        int start = ids.Count;
        if (!_options.IgnoresMerges || !TryWhole(piece, ids))
        {
            int[] rented = ArrayPool<int>.Shared.Rent((piece.Length * 3) + 1);
            int count = _options.IsByteLevel ? ByteSymbols(piece, rented) : CharacterSymbols(piece, rented);
            count = PairMerger.Merge(rented.AsSpan(0, count), _merges);
            ids.AddRange(rented.AsSpan(0, count));
            ArrayPool<int>.Shared.Return(rented);
        }

        _cache.Remember(piece, CollectionsMarshal.AsSpan(ids)[start..]);
    }

    // A word of the vocabulary is taken whole, even where no merge leads to it.
    private bool TryWhole(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_options.IsByteLevel ? _ids.TryGetValue(ByteLevel.Map(piece), out int id) : _ids.TryGetValue(piece, out id))
        {
            ids.Add(id);
            return true;
        }

        return false;
    }

    private int ByteSymbols(ReadOnlySpan<char> piece, Span<int> symbols)
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

        int count = 0;
        for (int i = 0; i < length; i++)
        {
            int id = _bytes[bytes[i]];
            if (id != Missing)
            {
                symbols[count++] = id;
            }
            else if (_options.UnknownId is int unknown && !(_options.FusesUnknown && count > 0 && symbols[count - 1] == unknown))
            {
                symbols[count++] = unknown;
            }
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return count;
    }

    private int CharacterSymbols(ReadOnlySpan<char> piece, Span<int> symbols)
    {
        Span<byte> bytes = stackalloc byte[4];
        int count = 0;
        bool afterUnknown = false;
        for (int at = 0; at < piece.Length;)
        {
            CodePoints.At(piece, at, out int length);
            ReadOnlySpan<char> character = piece.Slice(at, length);
            at += length;
            if (_ids.TryGetValue(character, out int id))
            {
                symbols[count++] = id;
                afterUnknown = false;
                continue;
            }

            int size = Encoding.UTF8.GetBytes(character, bytes);
            if (_options.FallsBackToBytes && !HasMissing(bytes[..size]))
            {
                for (int i = 0; i < size; i++)
                {
                    symbols[count++] = _bytes[bytes[i]];
                }

                afterUnknown = false;
            }
            else if (_options.UnknownId is int unknown)
            {
                if (!(_options.FusesUnknown && afterUnknown))
                {
                    symbols[count++] = unknown;
                }

                afterUnknown = true;
            }
        }

        return count;
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
}
