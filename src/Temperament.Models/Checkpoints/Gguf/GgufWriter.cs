using System.Text;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// Writes GGUF files, version 3: keys in the order in which they are set, tensors in the order in which they are added, each read only
/// when its turn comes. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
/// </summary>
public sealed class GgufWriter
{
    private const int Alignment = 32;

    private readonly GgufKeys _keys = new();
    private readonly List<Output> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Sets a string.</summary>
    /// <param name="key">Key, not set before.</param>
    /// <param name="value">Value.</param>
    public void Set(string key, string value) => _keys.Set(key, GgufValueType.String, w => GgufKeys.WriteText(w, value));

    /// <summary>Sets a whole number.</summary>
    /// <param name="key">Key, not set before.</param>
    /// <param name="value">Value.</param>
    public void Set(string key, uint value) => _keys.Set(key, GgufValueType.UInt32, w => w.Write(value));

    /// <summary>Sets a number.</summary>
    /// <param name="key">Key, not set before.</param>
    /// <param name="value">Value.</param>
    public void Set(string key, float value) => _keys.Set(key, GgufValueType.Float32, w => w.Write(value));

    /// <summary>Sets a truth value.</summary>
    /// <param name="key">Key, not set before.</param>
    /// <param name="value">Value.</param>
    public void Set(string key, bool value) => _keys.Set(key, GgufValueType.Bool, w => w.Write(value));

    /// <summary>Sets a list of strings.</summary>
    /// <param name="key">Key, not set before.</param>
    /// <param name="values">Values.</param>
    public void Set(string key, IReadOnlyCollection<string> values) => _keys.SetList(key, GgufValueType.String, values, GgufKeys.WriteText);

    /// <summary>Sets a list of whole numbers.</summary>
    /// <param name="key">Key, not set before.</param>
    /// <param name="values">Values.</param>
    public void Set(string key, IReadOnlyCollection<int> values) => _keys.SetList(key, GgufValueType.Int32, values, (w, v) => w.Write(v));

    /// <summary>Sets a list of numbers.</summary>
    /// <param name="key">Key, not set before.</param>
    /// <param name="values">Values.</param>
    public void Set(string key, IReadOnlyCollection<float> values) => _keys.SetList(key, GgufValueType.Float32, values, (w, v) => w.Write(v));

    /// <summary>Sets a list of truth values.</summary>
    /// <param name="key">Key, not set before.</param>
    /// <param name="values">Values.</param>
    public void Set(string key, IReadOnlyCollection<bool> values) => _keys.SetList(key, GgufValueType.Bool, values, (w, v) => w.Write(v));

    /// <summary>Takes a key of another file as it is.</summary>
    /// <param name="source">The other file.</param>
    /// <param name="key">Key that it has.</param>
    public void Copy(GgufFile source, string key)
    {
        ArgumentNullException.ThrowIfNull(source);
        _keys.SetRaw(key, source.RawValue(key));
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Name, not added before.</param>
    /// <param name="type">F32, F16, BF16, or Q8_0 where the rows are of a multiple of 32.</param>
    /// <param name="values">Numbers.</param>
    public void Add(string name, GgufType type, Tensor values) => Add(name, type, values.Rows, values.Columns, isVector: false, () => values);

    /// <summary>Adds a tensor that is read when its turn comes.</summary>
    /// <param name="name">Name, not added before.</param>
    /// <param name="type">F32, F16, BF16, or Q8_0 where the rows are of a multiple of 32.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="isVector">Whether the one row is a vector.</param>
    /// <param name="read">Gives the numbers.</param>
    public void Add(string name, GgufType type, int rows, int columns, bool isVector, Func<Tensor> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_names.Add(name))
        {
            throw new ArgumentException($"Two tensors are named {name}.", nameof(name));
        }

        _tensors.Add(new Output(name, type, rows, columns, isVector, read));
    }

    /// <summary>Writes the file under a temporary name and renames it when it is whole.</summary>
    /// <param name="path">File.</param>
    /// <param name="pool">Threads that share the rounding; null for the calling one.</param>
    /// <param name="progress">Told after each tensor how many bytes are written of how many; null for nobody.</param>
    /// <exception cref="CheckpointException">A weight is too large for half precision.</exception>
    public void Write(string path, ComputePool? pool, Action<long, long>? progress = null) => AtomicFile.Write(path, stream =>
    {
        WriteHeader(stream);
        long total = _tensors.Sum(t => Aligned(t.Length)), done = 0;
        foreach (Output tensor in _tensors)
        {
            Tensor values = tensor.Read();
            ArgumentOutOfRangeException.ThrowIfNotEqual(values.Rows, tensor.Rows);
            ArgumentOutOfRangeException.ThrowIfNotEqual(values.Columns, tensor.Columns);
            EncodedRows.Write(stream, values, tensor.RowBytes, pool, (first, part, target) =>
            {
                for (int row = 0; row < part.Rows; row++)
                {
                    GgufEncoding.Encode(tensor.Type, part.Row(row), target.Slice(row * tensor.RowBytes, tensor.RowBytes));
                }

                if (tensor.Type is GgufType.F16 or GgufType.Q80)
                {
                    HalfRange.Check(path, tensor.Name, part, first, tensor.Type == GgufType.F16 ? HalfRange.Largest : HalfRange.Largest * 127);
                }
            });
            Pad(stream, tensor.Length);
            progress?.Invoke(done += Aligned(tensor.Length), total);
        }
    });

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream, long length) => stream.Write(new byte[Aligned(length) - length]);

    private void WriteHeader(Stream stream)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((long)_tensors.Count);
        writer.Write((long)_keys.Count);
        _keys.WriteTo(writer);
        long offset = 0;
        foreach (Output tensor in _tensors)
        {
            GgufKeys.WriteText(writer, tensor.Name);
            writer.Write(tensor.IsVector ? 1 : 2);
            writer.Write((long)tensor.Columns);
            if (!tensor.IsVector)
            {
                writer.Write((long)tensor.Rows);
            }

            writer.Write((uint)tensor.Type);
            writer.Write(offset);
            offset += Aligned(tensor.Length);
        }

        writer.Flush();
        stream.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
        Pad(stream, buffer.Length);
    }

    private sealed record Output(string Name, GgufType Type, int Rows, int Columns, bool IsVector, Func<Tensor> Read)
    {
        public int RowBytes { get; } = GgufEncoding.RowBytes(Type, Columns);

        public long Length => (long)Rows * RowBytes;
    }
}
