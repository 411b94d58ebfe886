using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// A GGUF file (version 2 or 3, little-endian), mapped or in memory. Opening reads and checks metadata and directory; lists of the
/// metadata and tensors are decoded when they are asked for.
/// </summary>
public sealed class GgufFile : IDisposable
{
    // Rows longer than this belong to no decoder, and their bytes would not fit a span.
    private const long MaxColumns = 1 << 28;

    private readonly GgufBytes _bytes;
    private readonly GgufHeader _header;

    private GgufFile(string path, GgufBytes bytes)
    {
        Path = path;
        _bytes = bytes;
        _header = GgufHeader.Read(path, bytes);
        Keys = [.. _header.Metadata.Keys];
    }

    /// <summary>Takes the bytes of a row; false where a number is not finite.</summary>
    internal delegate bool RowReceiver(int row, ReadOnlySpan<byte> stored);

    /// <summary>Path or name, as errors show it.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors => _header.Tensors;

    /// <summary>The keys of the metadata in the order of the file.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Maps a file.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="CheckpointException">The file is missing, or its header is not right.</exception>
    public static GgufFile Open(string path)
    {
        MappedFile mapped;
        try
        {
            mapped = MappedFile.Open(path);
        }
        catch (InputFileException e)
        {
            throw new CheckpointException(path, e.Read, "a GGUF file", e.Hint, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"nothing ({e.Message})", "a GGUF file", "Check the path and its permissions.", e);
        }

        try
        {
            return new GgufFile(path, new GgufBytes(mapped, default));
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
    public static GgufFile Parse(string name, ReadOnlyMemory<byte> bytes) => new(name, new GgufBytes(null, bytes));

    /// <summary>Reads a tensor and widens it to float32: scale times number plus minimum, rounded once.</summary>
    /// <param name="name">Name.</param>
    /// <param name="pool">Pool that shares the rows; null to read on the calling thread. The result is the same.</param>
    /// <returns>A tensor that owns its memory: (1, n) for a vector, (1, 1) for a scalar, else rows are the product of the leading dimensions.</returns>
    /// <exception cref="CheckpointException">There is no such tensor, or it is too large.</exception>
    public Tensor ReadTensor(string name, ComputePool? pool = null) => Read(name, pool, headSize: 0, mustBeFinite: false);

    /// <summary>
    /// Reads a weight: as the public method, and a number that is not finite is an error. With a head size, row 2i + s of a head, the member
    /// s of the pair i that is rotated, becomes row s * headSize/2 + i, as Hugging Face has it.
    /// </summary>
    internal Tensor ReadWeight(string name, ComputePool? pool, int headSize) => Read(name, pool, headSize, mustBeFinite: true);

    /// <summary>
    /// Hands out a weight row by row as it is stored, each with its number in the order of Hugging Face: a block format or bfloat16 whose numbers
    /// are not widened. Rows come from several threads.
    /// </summary>
    /// <returns>False as soon as the receiver has found a number that is not finite.</returns>
    internal bool ReadRows(string name, ComputePool? pool, int headSize, RowReceiver receive)
    {
        GgufTensor entry = Entry(name);
        GgufBlocks blocks = GgufBlocks.Find(entry.Type)!;
        int rowBytes = (int)entry.Columns / blocks.Weights * blocks.Bytes;
        bool isFinite = true;
        RowChunks.Run(pool, (int)entry.Rows, entry.Columns, (first, count) =>
        {
            for (int row = first; row < first + count; row++)
            {
                if (!receive(headSize == 0 ? row : RotaryRows.InHalves(row, headSize), _bytes.Slice(entry.Start + ((long)row * rowBytes), rowBytes)))
                {
                    isFinite = false;
                }
            }
        });
        return isFinite;
    }

    private GgufTensor Entry(string name)
    {
        if (!Tensors.TryGetValue(name, out GgufTensor? entry))
        {
            throw new CheckpointException(Path, $"{Tensors.Count} tensors, none of them {name}", $"a tensor {name}",
                "The file belongs to another model, or it is incomplete.");
        }

        if (entry.Rows > int.MaxValue || entry.Columns > MaxColumns)
        {
            throw new CheckpointException(Path, $"{name} of shape ({string.Join(", ", entry.Shape)})",
                $"fewer than 2^31 rows of at most {MaxColumns}", "The tensor is too large for this reader.");
        }

        return entry;
    }

    private Tensor Read(string name, ComputePool? pool, int headSize, bool mustBeFinite)
    {
        GgufTensor entry = Entry(name);
        Tensor tensor = Tensor.Unset((int)entry.Rows, (int)entry.Columns);
        GgufBlocks blocks = GgufBlocks.Find(entry.Type)!;
        int rowBytes = tensor.Columns / blocks.Weights * blocks.Bytes;
        RowChunks.Run(pool, tensor.Rows, tensor.Columns, (first, count) =>
        {
            // A chunk is of a megabyte, unless one row is longer: its bytes and numbers fit a span.
            if (headSize == 0)
            {
                Tensor part = tensor.SliceRows(first, count);
                blocks.Widen(_bytes.Slice(entry.Start + ((long)first * rowBytes), count * rowBytes), part.Span);
                Check(part, first);
                return;
            }

            for (int row = first; row < first + count; row++)
            {
                int target = RotaryRows.InHalves(row, headSize);
                blocks.Widen(_bytes.Slice(entry.Start + ((long)row * rowBytes), rowBytes), tensor.Row(target));
                Check(tensor.SliceRows(target, 1), target);
            }
        });

        void Check(Tensor rows, int first)
        {
            if (mustBeFinite)
            {
                FiniteWeights.Check(Path, name, rows, first);
            }
        }

        return tensor;
    }

    /// <summary>A string of the metadata; null where the key is absent.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The value is of another type.</exception>
    public string? FindString(string key) => Find(key) is not { } value ? null
        : value is { IsList: false, Type: GgufValueType.String } ? At(value).ReadString(key) : throw WrongType(key, value, "a string");

    /// <summary>A whole number of the metadata; null where the key is absent.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The value is of another type.</exception>
    public long? FindInteger(string key) => Find(key) is not { } value ? null
        : !value.IsList && IsInteger(value.Type) ? At(value).ReadInteger(value.Type, key) : throw WrongType(key, value, "a whole number");

    /// <summary>A number of the metadata, whole or not; null where the key is absent.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The value is of another type.</exception>
    public double? FindNumber(string key) => Find(key) is not { } value ? null
        : !value.IsList && IsNumber(value.Type) ? At(value).ReadNumber(value.Type, key) : throw WrongType(key, value, "a number");

    /// <summary>A truth value of the metadata; null where the key is absent.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The value is of another type, or a bool that is neither 0 nor 1.</exception>
    public bool? FindBoolean(string key) => Find(key) is not { } value ? null
        : value is not { IsList: false, Type: GgufValueType.Bool } ? throw WrongType(key, value, "a Bool")
        : At(value).ReadInteger(value.Type, key) switch
        {
            0 => false,
            1 => true,
            long other => throw new CheckpointException(Path, $"{key} with the byte {other}", "0 or 1", "The file is damaged."),
        };

    /// <summary>A list of strings of the metadata; null where the key is absent.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The value is of another type.</exception>
    public string[]? FindStrings(string key)
    {
        if (FindList(key, type => type == GgufValueType.String, "a list of strings") is not { } value)
        {
            return null;
        }

        var list = new string[value.Count];
        GgufCursor cursor = At(value);
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = cursor.ReadString(key);
        }

        return list;
    }

    /// <summary>Whether a key holds a list; false where it is absent.</summary>
    /// <param name="key">Key.</param>
    public bool IsList(string key) => Find(key) is { IsList: true };

    /// <summary>A list of whole numbers or truth values (0 and 1) of the metadata; null where the key is absent.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The value is of another type, or a number does not fit 32 bits.</exception>
    public int[]? FindIntegers(string key)
    {
        if (FindList(key, type => IsInteger(type) || type == GgufValueType.Bool, "a list of whole numbers") is not { } value)
        {
            return null;
        }

        var list = new int[value.Count];
        GgufCursor cursor = At(value);
        for (int i = 0; i < list.Length; i++)
        {
            long number = cursor.ReadInteger(value.Type, key);
            list[i] = number is >= int.MinValue and <= int.MaxValue
                ? (int)number
                : throw new CheckpointException(Path, $"{number} in {key}", "numbers of 32 bits", "The list holds larger numbers.");
        }

        return list;
    }

    /// <summary>A list of numbers of the metadata; null where the key is absent.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The value is of another type.</exception>
    public float[]? FindFloats(string key)
    {
        if (FindList(key, IsNumber, "a list of numbers") is not { } value)
        {
            return null;
        }

        var list = new float[value.Count];
        GgufCursor cursor = At(value);
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = (float)cursor.ReadNumber(value.Type, key);
        }

        return list;
    }

    /// <summary>A string that must be there.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The key is absent, or the value of another type.</exception>
    public string GetString(string key) => FindString(key) ?? throw Absent(key);

    /// <summary>A whole number that must be there.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The key is absent, or the value of another type.</exception>
    public long GetInteger(string key) => FindInteger(key) ?? throw Absent(key);

    /// <summary>A number that must be there.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The key is absent, or the value of another type.</exception>
    public double GetNumber(string key) => FindNumber(key) ?? throw Absent(key);

    /// <summary>A list of strings that must be there.</summary>
    /// <param name="key">Key.</param>
    /// <exception cref="CheckpointException">The key is absent, or the value of another type.</exception>
    public string[] GetStrings(string key) => FindStrings(key) ?? throw Absent(key);

    /// <summary>SHA-256 of the whole file in lower-case hexadecimal; reads all of it.</summary>
    public string ComputeHash() => _bytes.Hash();

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>Type and value of a key as they stand in the file.</summary>
    internal ReadOnlyMemory<byte> RawValue(string key)
    {
        GgufValue value = Find(key) ?? throw Absent(key);
        GgufCursor cursor = At(value);
        for (long i = 0; i < value.Count && value.Type == GgufValueType.String; i++)
        {
            cursor.SkipString(key);
        }

        long end = value.Type == GgufValueType.String ? cursor.Position : value.Start + (value.Count * GgufValue.Size(value.Type));
        long start = value.Start - (value.IsList ? 16 : 4);
        return _bytes.Slice(start, checked((int)(end - start))).ToArray();
    }

    private static bool IsInteger(GgufValueType type) => IsNumber(type) && type is not (GgufValueType.Float32 or GgufValueType.Float64);

    private static bool IsNumber(GgufValueType type) => GgufValue.Size(type) > 0 && type != GgufValueType.Bool;

    private GgufValue? Find(string key) => _header.Metadata.TryGetValue(key, out GgufValue value) ? value : null;

    private GgufValue? FindList(string key, Func<GgufValueType, bool> fits, string expected) => Find(key) is not { } value ? null
        : value.IsList && fits(value.Type) && value.Count <= Array.MaxLength ? value : throw WrongType(key, value, expected);

    private GgufCursor At(GgufValue value) => new(Path, _bytes, value.Start);

    private CheckpointException WrongType(string key, GgufValue value, string expected) =>
        new(Path, $"{key} as {value.Kind}", expected, "The file was written by a tool that this reader does not understand.");

    private CheckpointException Absent(string key) => new(Path, $"{Keys.Count} metadata keys, none of them {key}", $"the key {key}",
        "The file is incomplete, or holds something else than a language model.");
}
