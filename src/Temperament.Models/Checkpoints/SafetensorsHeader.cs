using System.Buffers.Binary;
using System.Text.Json;
using Temperament.Models.Documents;

namespace Temperament.Models.Checkpoints;

/// <summary>
/// Reads and checks the header of a safetensors file: 8 bytes of length, then JSON, then the data that the JSON must cover exactly.
/// https://github.com/huggingface/safetensors (the format is described in its README).
/// </summary>
internal sealed class SafetensorsHeader
{
    // The limit of the reference reader.
    private const long MaxLength = 100_000_000;
    private const string Truncated = "The file is damaged or was not downloaded completely.";

    private readonly string _path;
    private readonly long _dataLength;

    private SafetensorsHeader(string path, long dataLength)
    {
        _path = path;
        _dataLength = dataLength;
    }

    public Dictionary<string, SafetensorsEntry> Tensors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Length of the JSON from the first bytes of the file.</summary>
    public static int ReadLength(string path, ReadOnlySpan<byte> start, long fileLength)
    {
        if (start.Length < 8)
        {
            throw new CheckpointException(path, $"{fileLength} bytes", "a safetensors file, which has at least 10", Truncated);
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length < 2 || length > (ulong)(fileLength - 8) || length > MaxLength)
        {
            throw new CheckpointException(path, $"a header of {length:N0} bytes in a file of {fileLength:N0}",
                $"2 to {Math.Min(MaxLength, Math.Max(2, fileLength - 8)):N0} bytes", "This is no safetensors file, or it is cut short.");
        }

        return (int)length;
    }

    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long dataLength)
    {
        var header = new SafetensorsHeader(path, dataLength);
        try
        {
            header.ReadObject(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that is no UTF-8 shows as an InvalidOperationException of the JSON reader.
            throw new CheckpointException(path, $"a header that is no JSON ({JsonFault.Describe(e)})", "JSON in UTF-8", Truncated, e);
        }

        header.CheckCover();
        return header;
    }

    private void ReadObject(ReadOnlySpan<byte> json)
    {
        if (json[0] != (byte)'{')
        {
            throw Wrong("a header that does not begin with {", "a JSON object");
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == "__metadata__")
            {
                ReadMetadata(ref reader);
                continue;
            }

            if (!Tensors.TryAdd(name, ReadEntry(ref reader, name)))
            {
                throw Wrong($"two tensors named {Shown(name)}", "each name once");
            }
        }

        if (reader.Read())
        {
            throw Wrong("more JSON after the header's object", "one object");
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject || Metadata.Count > 0)
        {
            throw Wrong("__metadata__ that is no object, or twice", "one object of strings");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !Metadata.TryAdd(key, reader.GetString()!))
            {
                throw Wrong($"__metadata__ with {Shown(key)} twice or not a string", "strings, each key once");
            }
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Wrong($"tensor {Shown(name)} described by {reader.TokenType}", "an object with dtype, shape and data_offsets");
        }

        string? dtype = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            bool again = key switch { "dtype" => dtype is not null, "shape" => shape is not null, _ => offsets is not null };
            if (again || key is not ("dtype" or "shape" or "data_offsets"))
            {
                throw Wrong($"tensor {Shown(name)} with the key {Shown(key)}{(again ? " twice" : "")}", "dtype, shape and data_offsets, once each");
            }

            if (key == "dtype")
            {
                dtype = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw Wrong($"a dtype of {Shown(name)} that is no string", "F32, BF16 …");
            }
            else if (key == "shape")
            {
                shape = ReadNumbers(ref reader, name);
            }
            else
            {
                offsets = ReadNumbers(ref reader, name);
            }
        }

        if (dtype is null || shape is null || offsets is not [long start, long end])
        {
            throw Wrong($"tensor {Shown(name)} without dtype, shape or two data_offsets", "all three");
        }

        return Check(name, dtype, shape, start, end);
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong($"{reader.TokenType} in tensor {Shown(name)}", "a list of numbers");
        }

        var numbers = new List<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0 || numbers.Count == 16)
            {
                throw Wrong($"a list of tensor {Shown(name)} with something else than at most 16 whole numbers", "whole numbers from 0");
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private SafetensorsEntry Check(string name, string dtype, long[] shape, long start, long end)
    {
        int size = SafetensorsEntry.ElementSize(dtype);
        if (size == 0)
        {
            throw Wrong($"tensor {Shown(name)} of type {Shown(dtype)}", "a type of the format, such as F32, F16, BF16, I64, U8");
        }

        if (start > end || end > _dataLength)
        {
            throw Wrong($"tensor {Shown(name)} at bytes {start} to {end} of {_dataLength} bytes of data", "a range inside the data");
        }

        UInt128 bytes = (UInt128)size;
        foreach (long length in shape)
        {
            bytes *= (UInt128)length;
            if (bytes > long.MaxValue)
            {
                throw Wrong($"tensor {Shown(name)} of shape ({string.Join(", ", shape)})", "fewer than 2^63 bytes");
            }
        }

        if (bytes != (UInt128)(end - start))
        {
            throw Wrong($"tensor {Shown(name)}: {end - start} bytes for {dtype} ({string.Join(", ", shape)})", $"{bytes} bytes");
        }

        return new SafetensorsEntry(name, dtype, shape) { Start = start, Length = end - start };
    }

    // Every byte of the data belongs to exactly one tensor: neither overlaps, nor holes, nor a tail.
    private void CheckCover()
    {
        long covered = 0;
        foreach (SafetensorsEntry entry in Tensors.Values.OrderBy(e => e.Start).ThenBy(e => e.Length))
        {
            if (entry.Start != covered)
            {
                throw Wrong($"tensor {Shown(entry.Name)} from byte {entry.Start}, where {covered} bytes are taken",
                    "tensors that follow each other without overlap or gap");
            }

            covered += entry.Length;
        }

        if (covered != _dataLength)
        {
            throw Wrong($"{_dataLength} bytes of data", $"the {covered} that the tensors take");
        }
    }

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "…";

    private CheckpointException Wrong(string read, string expected) => new(_path, read, expected, Truncated);
}
