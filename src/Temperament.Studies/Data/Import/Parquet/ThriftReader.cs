namespace Temperament.Studies.Data.Import.Parquet;

/// <summary>
/// Reads structs of Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md) from bytes that
/// nobody vouches for: each value takes at least one byte, and structs nest at most 16 deep, so work and memory are bounded by the bytes.
/// </summary>
/// <param name="bytes">The bytes.</param>
internal sealed class ThriftReader(ReadOnlyMemory<byte> bytes)
{
    private const int Deepest = 16;

    /// <summary>Where the next byte is read.</summary>
    public int Position { get; private set; }

    /// <summary>Reads one struct.</summary>
    /// <exception cref="InvalidDataException">The bytes end too early or are no struct.</exception>
    public ThriftValue ReadStruct() => ReadStruct(0);

    private ThriftValue ReadStruct(int depth)
    {
        if (depth > Deepest)
        {
            throw new InvalidDataException("metadata nested too deeply");
        }

        Dictionary<int, ThriftValue> fields = [];
        int field = 0;
        while (Next() is var head && head != 0)
        {
            field = head >> 4 is var delta && delta > 0 ? field + delta : (int)ZigZag();
            fields[field] = (head & 15) switch
            {
                1 => ThriftValue.Of(1),
                2 => ThriftValue.Of(0),
                int type => Read(type, depth),
            };
        }

        return ThriftValue.Of(fields);
    }

    private ThriftValue Read(int type, int depth) => type switch
    {
        1 or 2 or 3 => ThriftValue.Of((sbyte)Next()),
        4 or 5 or 6 => ThriftValue.Of(ZigZag()),
        7 => ThriftValue.Of(Take(8)),
        8 => ThriftValue.Of(Take(Length())),
        9 or 10 => ReadList(depth),
        11 => ReadMap(depth),
        12 => ReadStruct(depth + 1),
        _ => throw new InvalidDataException($"metadata with a value of the unknown type {type}"),
    };

    private ThriftValue ReadList(int depth)
    {
        int head = Next(), count = head >> 4 == 15 ? Length() : head >> 4;
        List<ThriftValue> items = [];
        for (int i = 0; i < count; i++)
        {
            items.Add(Nested(head & 15, depth));
        }

        return ThriftValue.Of(items);
    }

    private ThriftValue ReadMap(int depth)
    {
        int count = Length(), types = count > 0 ? Next() : 0;
        List<ThriftValue> items = [];
        for (int i = 0; i < count; i++)
        {
            items.Add(Nested(types >> 4, depth));
            items.Add(Nested(types & 15, depth));
        }

        return ThriftValue.Of(items);
    }

    private ThriftValue Nested(int type, int depth) => depth < Deepest ? Read(type, depth + 1) : throw new InvalidDataException("metadata nested too deeply");

    private int Length() => Varint() is var length && length <= (ulong)(bytes.Length - Position)
        ? (int)length
        : throw new InvalidDataException($"metadata with {length} bytes or items where {bytes.Length - Position} bytes are left");

    private ReadOnlyMemory<byte> Take(int count)
    {
        if (count > bytes.Length - Position)
        {
            throw new InvalidDataException("metadata that ends too early");
        }

        Position += count;
        return bytes.Slice(Position - count, count);
    }

    private long ZigZag() => Varint() is var value ? (long)(value >> 1) ^ -(long)(value & 1) : 0;

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int read = Next();
            value |= (ulong)(read & 127) << shift;
            if (read < 128)
            {
                return value;
            }
        }

        throw new InvalidDataException("metadata with a number of more than 64 bits");
    }

    private int Next() => Position < bytes.Length ? bytes.Span[Position++] : throw new InvalidDataException("metadata that ends too early");
}
