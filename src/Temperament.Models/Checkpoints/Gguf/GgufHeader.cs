using System.Buffers.Binary;
using System.Numerics;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// Reads and checks everything in front of the data of a GGUF file: counts, metadata, directory of tensors.
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
/// </summary>
internal sealed class GgufHeader
{
    private const uint Magic = 0x46554747;
    private const int MaxName = 65535;
    private const int MaxDimensions = 4;
    private const int MaxEntries = 1 << 20;
    private const int DefaultAlignment = 32;

    // The smallest entries: an empty key, a type and one byte; an empty name, no dimensions, type and offset.
    private const int LeastKey = 13;
    private const int LeastTensor = 24;

    private readonly string _path;
    private readonly GgufCursor _cursor;

    private GgufHeader(string path, GgufCursor cursor)
    {
        _path = path;
        _cursor = cursor;
    }

    public Dictionary<string, GgufValue> Metadata { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, GgufTensor> Tensors { get; } = new(StringComparer.Ordinal);

    public static GgufHeader Read(string path, GgufBytes bytes)
    {
        var cursor = new GgufCursor(path, bytes, 0);
        var header = new GgufHeader(path, cursor);
        header.ReadVersion();
        long tensors = cursor.ReadCount("number of tensors", LeastTensor, MaxEntries);
        long keys = cursor.ReadCount("number of metadata keys", LeastKey, MaxEntries);
        for (long i = 0; i < keys; i++)
        {
            header.ReadKey(i);
        }

        long alignment = header.ReadAlignment(bytes);
        var offsets = new List<(string Name, ulong Offset)>();
        for (long i = 0; i < tensors; i++)
        {
            offsets.Add(header.ReadTensor(i));
        }

        header.Place(offsets, alignment, bytes.Length);
        return header;
    }

    private void ReadVersion()
    {
        uint magic = _cursor.ReadUInt32("the first four bytes");
        if (magic != Magic)
        {
            throw new CheckpointException(_path, $"0x{magic:X8} at the start", "the letters GGUF", "This is no GGUF file.");
        }

        uint version = _cursor.ReadUInt32("version");
        if (version is not (2 or 3))
        {
            string hint = BinaryPrimitives.ReverseEndianness(version) is 1 or 2 or 3
                ? "The file is big-endian; convert it." : "Convert the file with a newer gguf tool.";
            throw new CheckpointException(_path, $"GGUF version {version}", "version 2 or 3", hint);
        }
    }

    private void ReadKey(long index)
    {
        string key = _cursor.ReadString($"metadata key {index}", MaxName);
        var type = (GgufValueType)_cursor.ReadUInt32($"type of {Shown(key)}");
        GgufValue value;
        if (type == GgufValueType.Array)
        {
            var element = (GgufValueType)_cursor.ReadUInt32($"element type of {Shown(key)}");
            int size = CheckedSize(element, key);
            long count = _cursor.ReadCount($"length of {Shown(key)}", size);
            value = new GgufValue(element, true, count, _cursor.Position);
        }
        else
        {
            CheckedSize(type, key);
            value = new GgufValue(type, false, 1, _cursor.Position);
        }

        SkipValue(value, key);
        if (!Metadata.TryAdd(key, value))
        {
            throw _cursor.Wrong($"the metadata key {Shown(key)} twice", "each key once");
        }
    }

    private void SkipValue(GgufValue value, string key)
    {
        if (value.Type != GgufValueType.String)
        {
            _cursor.Skip(value.Count * GgufValue.Size(value.Type), Shown(key));
            return;
        }

        for (long i = 0; i < value.Count; i++)
        {
            _cursor.SkipString(Shown(key));
        }
    }

    /// <summary>Smallest number of bytes of a value.</summary>
    private int CheckedSize(GgufValueType type, string key) => type == GgufValueType.String ? 8
        : GgufValue.Size(type) is > 0 and int size ? size
        : throw _cursor.Wrong($"{Shown(key)} of type {(type == GgufValueType.Array ? "list of lists" : $"{(uint)type}")}",
            "a number, bool, string, or a list of one of them");

    private long ReadAlignment(GgufBytes bytes)
    {
        if (!Metadata.TryGetValue("general.alignment", out GgufValue value))
        {
            return DefaultAlignment;
        }

        long alignment = value is { IsList: false, Type: GgufValueType.UInt32 }
            ? new GgufCursor(_path, bytes, value.Start).ReadInteger(value.Type, "general.alignment")
            : throw _cursor.Wrong($"general.alignment as {value.Kind}", "a UInt32");
        return alignment is > 0 and <= 1 << 30 && BitOperations.IsPow2(alignment)
            ? alignment
            : throw _cursor.Wrong($"general.alignment {alignment}", "a power of two up to 2^30");
    }

    private (string Name, ulong Offset) ReadTensor(long index)
    {
        string name = _cursor.ReadString($"name of tensor {index}", MaxName);
        uint dimensions = _cursor.ReadUInt32($"number of dimensions of {Shown(name)}");
        if (dimensions > MaxDimensions)
        {
            throw _cursor.Wrong($"{dimensions} dimensions of {Shown(name)}", $"at most {MaxDimensions}");
        }

        var shape = new long[dimensions];
        UInt128 count = 1;
        bool empty = false;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            ulong size = _cursor.ReadUInt64($"shape of {Shown(name)}");
            empty |= size == 0;
            count *= Math.Max(size, 1);
            if (size > long.MaxValue || count > long.MaxValue / 4)
            {
                throw _cursor.Wrong($"{Shown(name)} with a dimension of {size}", "fewer than 2^61 elements");
            }

            shape[i] = (long)size;
        }

        uint type = _cursor.ReadUInt32($"type of {Shown(name)}");
        if (GgufBlocks.Find((GgufType)type) is not { } blocks)
        {
            throw new CheckpointException(_path, $"{Shown(name)} of type {GgufBlocks.NameOf(type)}", $"one of {GgufBlocks.Known}",
                "Take a file of this model that is quantised in one of these types.");
        }

        var tensor = new GgufTensor(name, (GgufType)type, shape);
        if (tensor.Columns % blocks.Weights != 0)
        {
            throw _cursor.Wrong($"{Shown(name)} with rows of {tensor.Columns} in {blocks.Name}", $"rows of a multiple of {blocks.Weights}");
        }

        if (!Tensors.TryAdd(name, tensor with { Length = empty ? 0 : (long)count / blocks.Weights * blocks.Bytes }))
        {
            throw _cursor.Wrong($"two tensors named {Shown(name)}", "each name once");
        }

        return (name, _cursor.ReadUInt64($"offset of {Shown(name)}"));
    }

    // Tensors lie inside the data, aligned, and none over another.
    private void Place(List<(string Name, ulong Offset)> offsets, long alignment, long fileLength)
    {
        long start = checked((_cursor.Position + alignment - 1) / alignment * alignment);
        long end = start;
        foreach ((string name, ulong offset) in offsets.OrderBy(o => o.Offset).ThenBy(o => Tensors[o.Name].Length))
        {
            GgufTensor tensor = Tensors[name];
            if (offset % (ulong)alignment != 0)
            {
                throw _cursor.Wrong($"{Shown(name)} at offset {offset}", $"a multiple of the alignment {alignment}");
            }

            if ((UInt128)offset + (UInt128)start + (UInt128)tensor.Length > (UInt128)fileLength)
            {
                throw _cursor.Wrong($"{fileLength} bytes", $"{Shown(name)} with {tensor.Length} bytes from byte {(UInt128)offset + (UInt128)start} on");
            }

            long first = start + (long)offset;
            if (first < end)
            {
                throw _cursor.Wrong($"{Shown(name)} from byte {first} on, inside the tensor before it", $"nothing below byte {end}");
            }

            end = first + tensor.Length;
            Tensors[name] = tensor with { Start = first };
        }
    }

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
