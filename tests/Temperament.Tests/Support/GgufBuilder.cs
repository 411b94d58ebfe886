using System.Text;

namespace Temperament.Tests.Support;

/// <summary>Writes small GGUF files, right or wrong.</summary>
internal sealed class GgufBuilder
{
    private readonly List<byte> _keys = [];
    private readonly List<byte> _tensors = [];
    private readonly List<byte> _data = [];
    private int _keyCount;
    private int _tensorCount;

    public int Version { get; set; } = 3;

    public int Alignment { get; set; } = 32;

    /// <summary>Added to the true counts.</summary>
    public long ExtraTensors { get; set; }

    /// <summary>Added to the true counts.</summary>
    public long ExtraKeys { get; set; }

    public GgufBuilder String(string key, string value) => Key(key, 8, w => Text(w, value));

    public GgufBuilder UInt32(string key, uint value) => Key(key, 4, w => w.Write(value));

    public GgufBuilder Int64(string key, long value) => Key(key, 11, w => w.Write(value));

    public GgufBuilder UInt64(string key, ulong value) => Key(key, 10, w => w.Write(value));

    public GgufBuilder Float32(string key, float value) => Key(key, 6, w => w.Write(value));

    public GgufBuilder Bool(string key, byte value) => Key(key, 7, w => w.Write(value));

    public GgufBuilder Strings(string key, params string[] values) => List(key, 8, (ulong)values.Length, w => Array.ForEach(values, v => Text(w, v)));

    public GgufBuilder Int32s(string key, params int[] values) => List(key, 5, (ulong)values.Length, w => Array.ForEach(values, w.Write));

    public GgufBuilder Float32s(string key, params float[] values) => List(key, 6, (ulong)values.Length, w => Array.ForEach(values, w.Write));

    public GgufBuilder List(string key, uint elementType, ulong count, Action<BinaryWriter> write) => Key(key, 9, w =>
    {
        w.Write(elementType);
        w.Write(count);
        write(w);
    });

    public GgufBuilder Key(string key, uint type, Action<BinaryWriter> write)
    {
        _keys.AddRange(Written(writer =>
        {
            Text(writer, key);
            writer.Write(type);
            write(writer);
        }));
        _keyCount++;
        return this;
    }

    /// <summary>A tensor with its data; the offset is the next aligned place unless given.</summary>
    public GgufBuilder Tensor(string name, uint type, ulong[] innermostFirst, ReadOnlySpan<byte> data, ulong? offset = null)
    {
        while (_data.Count % Alignment != 0)
        {
            _data.Add(0);
        }

        _tensors.AddRange(Written(writer =>
        {
            Text(writer, name);
            writer.Write(innermostFirst.Length);
            Array.ForEach(innermostFirst, writer.Write);
            writer.Write(type);
            writer.Write(offset ?? (ulong)_data.Count);
        }));
        _data.AddRange(data);
        _tensorCount++;
        return this;
    }

    public byte[] Bytes()
    {
        List<byte> file = [.. Written(writer =>
        {
            writer.Write(0x46554747u);
            writer.Write(Version);
            writer.Write(_tensorCount + ExtraTensors);
            writer.Write(_keyCount + ExtraKeys);
        }), .. _keys, .. _tensors];
        while (file.Count % Alignment != 0)
        {
            file.Add(0);
        }

        return [.. file, .. _data];
    }

    private static byte[] Written(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        return stream.ToArray();
    }

    private static void Text(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
