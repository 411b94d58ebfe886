using System.Runtime.InteropServices;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints;

/// <summary>A tensor that is to be written, with its storage type.</summary>
public sealed class SafetensorsTensor
{
    private readonly Tensor _source;
    private readonly byte[]? _bytes;
    private readonly Action<Stream>? _write;

    private SafetensorsTensor(string name, string dtype, long[] shape, Tensor source, byte[]? bytes, Action<Stream>? write = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Dtype = dtype;
        Shape = shape;
        _source = source;
        _bytes = bytes;
        _write = write;
        long count = 1;
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            count = checked(count * size);
        }

        Length = count * SafetensorsEntry.ElementSize(dtype);
        if (write is not null)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes?.LongLength ?? (source.Count * SafetensorsEntry.ElementSize(dtype)), Length, nameof(shape));
    }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Storage type: F32, BF16, F16, I32 or U8.</summary>
    public string Dtype { get; }

    /// <summary>Sizes of the dimensions, outermost first.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Size in bytes.</summary>
    internal long Length { get; }

    /// <summary>float32 numbers, copied.</summary>
    /// <param name="name">Name.</param>
    /// <param name="shape">Sizes of the dimensions.</param>
    /// <param name="values">Numbers, row by row.</param>
    public static SafetensorsTensor F32(string name, long[] shape, ReadOnlySpan<float> values) =>
        new(name, "F32", shape, default, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>float32 numbers of a tensor, read when the file is written.</summary>
    /// <param name="name">Name.</param>
    /// <param name="values">Numbers.</param>
    /// <param name="shape">Sizes of the dimensions; rows and columns of the tensor if left out.</param>
    public static SafetensorsTensor F32(string name, Tensor values, long[]? shape = null) =>
        new(name, "F32", shape ?? [values.Rows, values.Columns], values, null);

    /// <summary>Numbers of a tensor, rounded to bfloat16 when the file is written.</summary>
    /// <param name="name">Name.</param>
    /// <param name="values">Numbers.</param>
    /// <param name="shape">Sizes of the dimensions; rows and columns of the tensor if left out.</param>
    public static SafetensorsTensor Bf16(string name, Tensor values, long[]? shape = null) =>
        new(name, "BF16", shape ?? [values.Rows, values.Columns], values, null);

    /// <summary>Numbers of a tensor, rounded to half precision when the file is written.</summary>
    /// <param name="name">Name.</param>
    /// <param name="values">Numbers.</param>
    /// <param name="shape">Sizes of the dimensions; rows and columns of the tensor if left out.</param>
    public static SafetensorsTensor F16(string name, Tensor values, long[]? shape = null) =>
        new(name, "F16", shape ?? [values.Rows, values.Columns], values, null);

    /// <summary>32-bit integers, copied.</summary>
    /// <param name="name">Name.</param>
    /// <param name="shape">Sizes of the dimensions.</param>
    /// <param name="values">Numbers, row by row.</param>
    public static SafetensorsTensor I32(string name, long[] shape, ReadOnlySpan<int> values) =>
        new(name, "I32", shape, default, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Bytes, copied.</summary>
    /// <param name="name">Name.</param>
    /// <param name="shape">Sizes of the dimensions.</param>
    /// <param name="values">Bytes, row by row.</param>
    public static SafetensorsTensor U8(string name, long[] shape, ReadOnlySpan<byte> values) => new(name, "U8", shape, default, values.ToArray());

    /// <summary>Bytes that are made when the file is written, so that no more than one tensor need be in memory.</summary>
    /// <param name="name">Name.</param>
    /// <param name="dtype">Type in the words of the format.</param>
    /// <param name="shape">Sizes of the dimensions.</param>
    /// <param name="write">Writes the bytes; their number follows from type and shape.</param>
    public static SafetensorsTensor Streamed(string name, string dtype, long[] shape, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfZero(SafetensorsEntry.ElementSize(dtype), nameof(dtype));
        return new(name, dtype, shape, default, null, write);
    }

    /// <summary>Writes the stored form.</summary>
    internal void WriteTo(Stream stream)
    {
        if (_write is not null)
        {
            long start = stream.Position;
            _write(stream);
            if (stream.Position - start != Length)
            {
                throw new InvalidOperationException($"{Name}: {stream.Position - start} bytes were written where {Length} are due.");
            }

            return;
        }

        if (_bytes is not null)
        {
            stream.Write(_bytes);
            return;
        }

        byte[] buffer = Dtype == "F32" ? [] : new byte[_source.Columns * 2];
        for (int r = 0; r < _source.Rows; r++)
        {
            Span<float> row = _source.Row(r);
            switch (Dtype)
            {
                case "F32":
                    stream.Write(MemoryMarshal.AsBytes(row));
                    continue;
                case "BF16":
                    Tensors.Quantization.Bf16.Narrow(row, buffer);
                    break;
                default:
                    Tensors.Quantization.F16.Narrow(row, buffer);
                    break;
            }

            stream.Write(buffer);
        }
    }
}
