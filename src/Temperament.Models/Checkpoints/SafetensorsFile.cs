using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints;

/// <summary>
/// A safetensors file, mapped or in memory. Opening reads and checks the header only; a tensor is read when it is asked for.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly string _path;
    private readonly MappedFile? _mapped;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly Dictionary<string, SafetensorsEntry> _tensors;
    private readonly long _dataStart;

    private SafetensorsFile(string path, MappedFile? mapped, ReadOnlyMemory<byte> memory)
    {
        _path = path;
        _mapped = mapped;
        _memory = memory;
        long length = mapped?.Length ?? memory.Length;
        int headerLength = SafetensorsHeader.ReadLength(path, Slice(0, (int)Math.Min(8, length)), length);
        _dataStart = 8 + headerLength;
        SafetensorsHeader header = SafetensorsHeader.Parse(path, Slice(8, headerLength), length - _dataStart);
        _tensors = header.Tensors;
        Metadata = header.Metadata;
    }

    /// <summary>Path or name, as errors show it.</summary>
    public string Path => _path;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _tensors;

    /// <summary>The strings of <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Maps a file.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="CheckpointException">The file is missing, or its header is not right.</exception>
    public static SafetensorsFile Open(string path)
    {
        MappedFile mapped;
        try
        {
            mapped = MappedFile.Open(path);
        }
        catch (InputFileException e)
        {
            throw new CheckpointException(path, e.Read, "a safetensors file", e.Hint, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"nothing ({e.Message})", "a safetensors file", "Check the path and its permissions.", e);
        }

        try
        {
            return new SafetensorsFile(path, mapped, default);
        }
        catch
        {
            mapped.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file that is in memory; the bytes are not copied.</summary>
    /// <param name="name">Name that errors show.</param>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="CheckpointException">The header is not right.</exception>
    public static SafetensorsFile Parse(string name, ReadOnlyMemory<byte> bytes) => new(name, null, bytes);

    /// <summary>Reads a tensor of F32, F16 or BF16, widened to float32. Rows are the product of the leading dimensions.</summary>
    /// <param name="name">Name.</param>
    /// <param name="pool">Threads that share the rows; null to read on the calling thread. The result is the same.</param>
    /// <returns>A tensor that owns its memory: (1, n) for a vector, (1, 1) for a scalar.</returns>
    /// <exception cref="CheckpointException">There is no such tensor, or it is of another type.</exception>
    public Tensor ReadTensor(string name, ComputePool? pool = null) => ReadTensor(name, pool, mustBeFinite: false);

    /// <summary>Reads a weight: as the public method, and a number that is not finite is an error.</summary>
    internal Tensor ReadWeight(string name, ComputePool? pool) => ReadTensor(name, pool, mustBeFinite: true);

    /// <summary>Reads a weight of BF16 as it is stored; a number that is not finite is an error.</summary>
    internal Bf16Matrix ReadBf16(string name, ComputePool? pool)
    {
        SafetensorsEntry entry = Entry(name);
        (int rows, int columns) = RowsOf(entry);
        var matrix = new Bf16Matrix(rows, columns);
        RowChunks.Run(pool, rows, columns, (first, count) =>
        {
            for (int r = first; r < first + count; r++)
            {
                Span<ushort> row = matrix.Row(r);
                Slice(_dataStart + entry.Start + ((long)r * columns * sizeof(ushort)), columns * sizeof(ushort)).CopyTo(MemoryMarshal.AsBytes(row));
                FiniteWeights.Check(_path, name, row, r);
            }
        });
        return matrix;
    }

    /// <summary>Packs a weight of BF16 to NF4; false where it is of another shape, or a number is not finite.</summary>
    internal bool QuantizeBf16Into(string name, Nf4Matrix into, ComputePool pool)
    {
        bool isPacked = RowsOf(Entry(name)) == (into.Outputs, into.Inputs) && Nf4.QuantizeBf16Into(Bytes(name), into, pool);
        GC.KeepAlive(this);
        return isPacked;
    }

    private Tensor ReadTensor(string name, ComputePool? pool, bool mustBeFinite)
    {
        SafetensorsEntry entry = Entry(name);
        (int rows, int columns) = RowsOf(entry);
        CheckFloat(entry);
        Tensor tensor = Tensor.Unset(rows, columns);
        RowChunks.Run(pool, tensor.Rows, columns, (first, count) =>
        {
            Tensor part = tensor.SliceRows(first, count);
            for (int r = 0; r < count; r++)
            {
                Widen(entry, (first + (long)r) * columns, part.Row(r));
            }

            if (mustBeFinite)
            {
                FiniteWeights.Check(_path, name, part, first);
            }
        });
        return tensor;
    }

    /// <summary>Reads a tensor of F32, F16 or BF16 into an array, row by row.</summary>
    /// <param name="name">Name.</param>
    /// <exception cref="CheckpointException">There is no such tensor, or it is of another type.</exception>
    public float[] ReadFloats(string name)
    {
        SafetensorsEntry entry = Entry(name);
        CheckFloat(entry);
        var values = new float[CheckedCount(entry)];
        Widen(entry, 0, values);
        return values;
    }

    /// <summary>Reads a tensor of I32, I64, U8 or BOOL.</summary>
    /// <param name="name">Name.</param>
    /// <exception cref="CheckpointException">There is no such tensor, it is of another type, or a number does not fit.</exception>
    public int[] ReadInt32(string name)
    {
        SafetensorsEntry entry = Entry(name);
        var values = new int[CheckedCount(entry)];
        ReadOnlySpan<byte> bytes = Bytes(name);
        for (int i = 0; i < values.Length; i++)
        {
            long value = entry.Dtype switch
            {
                "I32" => BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * 4)..]),
                "I64" => BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * 8)..]),
                "U8" or "BOOL" => bytes[i],
                _ => throw WrongType(entry, "I32, I64 or U8"),
            };
            values[i] = value is >= int.MinValue and <= int.MaxValue
                ? (int)value
                : throw new CheckpointException(_path, $"{value} in {name}", "numbers of 32 bits", "The tensor holds larger numbers.");
        }

        return values;
    }

    /// <summary>The stored bytes of a tensor, without a copy; valid until the file is disposed.</summary>
    /// <param name="name">Name.</param>
    /// <exception cref="CheckpointException">There is no such tensor, or it has 2 GiB or more.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        SafetensorsEntry entry = Entry(name);
        if (entry.Length > int.MaxValue)
        {
            throw new CheckpointException(_path, $"{name} of {entry.Length:N0} bytes", "fewer than 2^31 bytes", "Read it as a tensor.");
        }

        return Slice(_dataStart + entry.Start, (int)entry.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => _mapped?.Dispose();

    internal SafetensorsEntry Entry(string name) => _tensors.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new CheckpointException(_path, $"{_tensors.Count} tensors, none of them {name}", $"a tensor {name}",
            "The file belongs to another model, or it is incomplete.");

    private (int Rows, int Columns) RowsOf(SafetensorsEntry entry)
    {
        long columns = entry.Shape is [.., long last] ? last : 1;
        long rows = columns == 0 ? 0 : entry.Count / columns;
        return rows <= int.MaxValue && columns <= int.MaxValue
            ? ((int)rows, (int)columns)
            : throw new CheckpointException(_path, $"{entry.Name} of shape ({string.Join(", ", entry.Shape)})", "fewer than 2^31 rows and columns",
                "The tensor is too large for this reader.");
    }

    /// <summary>Widens part of a tensor.</summary>
    internal void Widen(SafetensorsEntry entry, long first, Span<float> target)
    {
        int size = SafetensorsEntry.ElementSize(entry.Dtype);
        // Slices stay below 2^31 bytes, and small enough to be read while they are in the cache of the system.
        const int Step = 1 << 20;
        for (int done = 0; done < target.Length; done += Step)
        {
            Span<float> part = target.Slice(done, Math.Min(Step, target.Length - done));
            ReadOnlySpan<byte> bytes = Slice(_dataStart + entry.Start + ((first + done) * size), part.Length * size);
            switch (entry.Dtype)
            {
                case "F32":
                    bytes.CopyTo(MemoryMarshal.AsBytes(part));
                    break;
                case "BF16":
                    Bf16.Widen(bytes, part);
                    break;
                default:
                    F16.Widen(bytes, part);
                    break;
            }
        }
    }

    private int CheckedCount(SafetensorsEntry entry) => entry.Count <= Array.MaxLength
        ? (int)entry.Count
        : throw new CheckpointException(_path, $"{entry.Name} of {entry.Count:N0} elements", $"at most {Array.MaxLength:N0}",
            "Read it as a tensor.");

    private void CheckFloat(SafetensorsEntry entry)
    {
        if (entry.Dtype is not ("F32" or "F16" or "BF16"))
        {
            throw WrongType(entry, "F32, F16 or BF16");
        }
    }

    private CheckpointException WrongType(SafetensorsEntry entry, string expected) => new(_path, $"{entry.Name} of type {entry.Dtype}", expected,
        "The tensor is stored in a way that cannot be read as asked.");

    private ReadOnlySpan<byte> Slice(long offset, int length) =>
        _mapped is null ? _memory.Span.Slice((int)offset, length) : _mapped.Slice(offset, length);
}
