using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Temperament.Studies.Data.Import.Parquet;

/// <summary>
/// Reads the texts of one column and one group of rows: data pages of version 1 and 2, plain or by a dictionary, packed with Snappy, gzip,
/// Brotli or not at all. A page may unpack to at most 64 MiB.
/// </summary>
internal sealed class ParquetText
{
    private const int MostPageBytes = 64 << 20;

    // A header with its statistics; it becomes objects, so it must not be as long as the file.
    private const int MostHeaderBytes = 1 << 20;
    private const int Plain = 0, PlainDictionary = 2, RunLength = 3, RunLengthDictionary = 8;
    private const int DataPage = 0, DictionaryPage = 2, DataPage2 = 3;

    private static readonly string[] Codecs = ["none", "Snappy", "gzip", "LZO", "Brotli", "LZ4", "Zstandard", "LZ4"];
    private static readonly UTF8Encoding Strict = new(false, true);

    private readonly byte[] _bytes;
    private readonly ParquetChunk _chunk;
    private readonly bool _optional;
    private readonly List<string?> _texts = [];
    private string[]? _dictionary;

    private ParquetText(byte[] bytes, ParquetChunk chunk, bool optional) => (_bytes, _chunk, _optional) = (bytes, chunk, optional);

    /// <summary>Reads the texts.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="chunk">Where they stand.</param>
    /// <param name="optional">Whether a row may lack one.</param>
    /// <returns>One for each row; null where it is missing.</returns>
    /// <exception cref="InvalidDataException">They cannot be read; the message says what was read.</exception>
    public static IReadOnlyList<string?> Read(Stream stream, ParquetChunk chunk, bool optional)
    {
        byte[] bytes = new byte[chunk.Length];
        stream.Position = chunk.Start;
        stream.ReadExactly(bytes);
        ParquetText reader = new(bytes, chunk, optional);
        reader.ReadPages();
        return reader._texts;
    }

    private void ReadPages()
    {
        for (int at = 0; _texts.Count < _chunk.Values;)
        {
            ThriftReader reader = new(_bytes.AsMemory(at, Math.Min(MostHeaderBytes, _bytes.Length - at)));
            ThriftValue header = reader.ReadStruct();
            at += reader.Position;
            long packed = header.Number(3), size = header.Number(2);
            if (packed < 0 || packed > _bytes.Length - at || size is < 0 or > MostPageBytes)
            {
                throw new InvalidDataException($"a page of {packed} bytes, {size} unpacked, where {_bytes.Length - at} bytes are left and {MostPageBytes:N0} are allowed");
            }

            ReadPage(header, _bytes.AsMemory(at, (int)packed), (int)size);
            at += (int)packed;
        }
    }

    private void ReadPage(ThriftValue header, ReadOnlyMemory<byte> packed, int size)
    {
        switch (header.Number(1))
        {
            case DictionaryPage when header.Struct(7) is { } page:
                _dictionary = [.. PlainTexts(Unpack(packed, size), Count(page.Number(1), size))];
                break;
            case DataPage when header.Struct(5) is { } page:
                ReadOnlyMemory<byte> data = Unpack(packed, size);
                int count = Count(page.Number(1), _chunk.Values - _texts.Count), levels = 0;
                int[]? defined = null;
                if (_optional)
                {
                    levels = data.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(data.Span) : -1;
                    if (page.Number(3) != RunLength || levels < 0 || levels > data.Length - 4)
                    {
                        throw new InvalidDataException("a page whose missing values cannot be read");
                    }

                    defined = RunLengths.Read(data.Span.Slice(4, levels), 1, count);
                    levels += 4;
                }

                Add(page.Number(2), data[levels..], defined, count);
                break;
            case DataPage2 when header.Struct(8) is { } page:
                int rows = Count(page.Number(1), _chunk.Values - _texts.Count), own = Count(page.Number(5), packed.Length), repeated = Count(page.Number(6), packed.Length - own);
                ReadOnlyMemory<byte> values = packed[(own + repeated)..];
                Add(page.Number(4), page.Number(7, 1) == 0 ? values : Unpack(values, Count(size - own - repeated, size)),
                    _optional ? RunLengths.Read(packed.Span.Slice(repeated, own), 1, rows) : null, rows);
                break;
            case 1:
                break;
            case var type:
                throw new InvalidDataException($"a page of the unknown type {type}");
        }
    }

    private void Add(long encoding, ReadOnlyMemory<byte> data, int[]? defined, int count)
    {
        int there = defined is null ? count : defined.Count(level => level == 1);
        IReadOnlyList<string> texts = encoding switch
        {
            Plain => PlainTexts(data, there),
            PlainDictionary or RunLengthDictionary => DictionaryTexts(data.Span, there),
            _ => throw new InvalidDataException($"texts in the encoding {encoding}; plain ones and dictionaries are read"),
        };
        int next = 0;
        for (int i = 0; i < count; i++)
        {
            _texts.Add(defined is null || defined[i] == 1 ? texts[next++] : null);
        }
    }

    private static List<string> PlainTexts(ReadOnlyMemory<byte> data, int count)
    {
        List<string> texts = [];
        ReadOnlySpan<byte> left = data.Span;
        for (int i = 0; i < count; i++)
        {
            int length = left.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(left) : -1;
            if (length < 0 || length > left.Length - 4)
            {
                throw new InvalidDataException("a page that ends within a text");
            }

            try
            {
                texts.Add(Strict.GetString(left.Slice(4, length)));
            }
            catch (DecoderFallbackException error)
            {
                throw new InvalidDataException("a text that is not in UTF-8", error);
            }

            left = left[(4 + length)..];
        }

        return texts;
    }

    private string[] DictionaryTexts(ReadOnlySpan<byte> data, int count)
    {
        if (_dictionary is not { } dictionary)
        {
            throw new InvalidDataException("a page by a dictionary that is not there");
        }

        return count == 0 ? [] : [.. RunLengths.Read(data.Length > 0 ? data[1..] : data, data.Length > 0 ? data[0] : 0, count)
            .Select(index => (uint)index < (uint)dictionary.Length ? dictionary[index] : throw new InvalidDataException($"entry {index} of a dictionary of {dictionary.Length}"))];
    }

    private ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> packed, int size) => _chunk.Codec switch
    {
        0 => packed.Length == size ? packed : throw new InvalidDataException($"a page of {packed.Length} bytes that should have {size}"),
        1 => SnappyBlock.Unpack(packed.Span, size),
        2 => Inflate(new GZipStream(Stream(packed), CompressionMode.Decompress), size),
        4 => Inflate(new BrotliStream(Stream(packed), CompressionMode.Decompress), size),
        int other => throw new InvalidDataException($"pages packed with {(other >= 0 && other < Codecs.Length ? Codecs[other] : $"codec {other}")}; Snappy, gzip, Brotli and none are read"),
    };

    private static byte[] Inflate(Stream unpacker, int size)
    {
        using (unpacker)
        {
            byte[] result = new byte[size];
            return unpacker.ReadAtLeast(result, size, throwOnEndOfStream: false) == size && unpacker.ReadByte() < 0
                ? result
                : throw new InvalidDataException($"a page that does not unpack to {size} bytes");
        }
    }

    private static MemoryStream Stream(ReadOnlyMemory<byte> bytes) => new(bytes.ToArray());

    private static int Count(long count, long most) => count >= 0 && count <= most ? (int)count : throw new InvalidDataException($"{count} values or bytes where at most {most} can be");
}
