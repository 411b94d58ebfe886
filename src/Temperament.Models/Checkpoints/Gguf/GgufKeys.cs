using System.Text;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>The metadata of a file that is being written.</summary>
internal sealed class GgufKeys
{
    private readonly List<(string Key, ReadOnlyMemory<byte> TypeAndValue)> _keys = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public int Count => _keys.Count;

    public static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }

    public void Set(string key, GgufValueType type, Action<BinaryWriter> write) => SetRaw(key, Written(writer =>
    {
        writer.Write((uint)type);
        write(writer);
    }));

    public void SetList<T>(string key, GgufValueType type, IReadOnlyCollection<T> values, Action<BinaryWriter, T> write) =>
        Set(key, GgufValueType.Array, writer =>
        {
            writer.Write((uint)type);
            writer.Write((long)values.Count);
            foreach (T value in values)
            {
                write(writer, value);
            }
        });

    /// <summary>Sets a key to a type and a value as they stand in a file.</summary>
    public void SetRaw(string key, ReadOnlyMemory<byte> typeAndValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (!_seen.Add(key))
        {
            throw new ArgumentException($"The key {key} is set already.", nameof(key));
        }

        _keys.Add((key, typeAndValue));
    }

    public void WriteTo(BinaryWriter writer)
    {
        foreach ((string key, ReadOnlyMemory<byte> value) in _keys)
        {
            WriteText(writer, key);
            writer.Write(value.Span);
        }
    }

    private static byte[] Written(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }
}
