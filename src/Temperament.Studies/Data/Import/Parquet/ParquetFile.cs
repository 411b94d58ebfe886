using System.Buffers.Binary;

namespace Temperament.Studies.Data.Import.Parquet;

/// <summary>A column of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsText">Whether it holds byte arrays.</param>
/// <param name="IsOptional">Whether a row may lack it.</param>
internal sealed record ParquetColumn(string Name, bool IsText, bool IsOptional);

/// <summary>The values of one column in one group of rows.</summary>
/// <param name="Start">First byte in the file.</param>
/// <param name="Length">Number of bytes.</param>
/// <param name="Values">Number of values, those that are missing among them.</param>
/// <param name="Codec">How pages are packed.</param>
internal sealed record ParquetChunk(long Start, int Length, int Values, int Codec);

/// <summary>
/// The metadata of a Parquet file (https://github.com/apache/parquet-format) with flat columns. Sizes are checked against the file before
/// anything of that size is made.
/// </summary>
internal sealed class ParquetFile
{
    private const long MostBytes = 256 << 20;
    private const int MostFooterBytes = 4 << 20;
    private const int MostRows = 1_000_000;
    private const int ByteArrayType = 6;
    private const int NoType = -1;

    private ParquetFile(IReadOnlyList<ParquetColumn> columns, IReadOnlyList<IReadOnlyList<ParquetChunk>> groups) => (Columns, Groups) = (columns, groups);

    /// <summary>The columns.</summary>
    public IReadOnlyList<ParquetColumn> Columns { get; }

    /// <summary>For each group of rows, the values of each column.</summary>
    public IReadOnlyList<IReadOnlyList<ParquetChunk>> Groups { get; }

    /// <summary>Reads the metadata.</summary>
    /// <param name="stream">The file.</param>
    /// <exception cref="InvalidDataException">It is no such file; the message says what was read.</exception>
    public static ParquetFile Read(Stream stream)
    {
        if (stream.Length > MostBytes)
        {
            throw new InvalidDataException($"a file of {stream.Length:N0} bytes, more than {MostBytes:N0}");
        }

        Span<byte> ends = stackalloc byte[12];
        if (stream.Length < ends.Length || !Ends(stream, ends))
        {
            throw new InvalidDataException("a file that does not begin and end with PAR1");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(ends[4..]);
        if (length <= 0 || length > stream.Length - ends.Length || length > MostFooterBytes)
        {
            throw new InvalidDataException($"metadata of {length} bytes in a file of {stream.Length:N0}");
        }

        byte[] footer = new byte[length];
        stream.Position = stream.Length - 8 - length;
        stream.ReadExactly(footer);
        ThriftValue file = new ThriftReader(footer).ReadStruct();
        ParquetColumn[] columns = Schema(file.Items(2));
        return new ParquetFile(columns, Chunks(file.Items(4), columns.Length, stream.Length));
    }

    private static bool Ends(Stream stream, Span<byte> ends)
    {
        stream.Position = 0;
        stream.ReadExactly(ends[..4]);
        stream.Position = stream.Length - 8;
        stream.ReadExactly(ends[4..]);
        return ends[..4].SequenceEqual("PAR1"u8) && ends[8..].SequenceEqual("PAR1"u8);
    }

    private static ParquetColumn[] Schema(IReadOnlyList<ThriftValue> elements)
    {
        if (elements.Count == 0 || elements[0].Number(5, 0) != elements.Count - 1)
        {
            throw new InvalidDataException("nested columns; flat ones are read");
        }

        return [.. elements.Skip(1).Select(element => element.Number(5, 0) == 0 && element.Number(3, 0) is 0 or 1
            ? new ParquetColumn(element.Text(4), element.Number(1, NoType) == ByteArrayType, element.Number(3, 0) == 1)
            : throw new InvalidDataException($"the column \"{CsvTable.Shown(element.Text(4))}\", which is a list or a struct"))];
    }

    private static List<IReadOnlyList<ParquetChunk>> Chunks(IReadOnlyList<ThriftValue> groups, int columns, long fileLength)
    {
        List<IReadOnlyList<ParquetChunk>> result = [];
        long all = 0;
        foreach (ThriftValue group in groups)
        {
            long rows = group.Number(3);
            all = rows is >= 0 and <= MostRows ? all + rows : long.MaxValue;
            ParquetChunk[] chunks = [.. group.Items(1).Select(chunk => Chunk(chunk.Struct(3) ?? throw new InvalidDataException("a column without metadata"), rows, fileLength))];
            if (all > MostRows || chunks.Length != columns)
            {
                throw new InvalidDataException(all > MostRows ? $"more than {MostRows:N0} rows" : $"a group of rows with {chunks.Length} columns; the schema has {columns}");
            }

            result.Add(chunks);
        }

        return result;
    }

    private static ParquetChunk Chunk(ThriftValue column, long rows, long fileLength)
    {
        long data = column.Number(9), dictionary = column.Number(11, data), length = column.Number(7), values = column.Number(5);
        long start = dictionary > 0 ? Math.Min(data, dictionary) : data;
        return start >= 4 && length >= 0 && length <= fileLength - start && values == rows
            ? new ParquetChunk(start, (int)length, (int)values, (int)column.Number(4))
            : throw new InvalidDataException($"a column of {values} values at bytes {start} to {start + length}, in a group of {rows} rows and a file of {fileLength} bytes");
    }
}
