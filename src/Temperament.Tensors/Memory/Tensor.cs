using System.Runtime.CompilerServices;

namespace Temperament.Tensors.Memory;

/// <summary>
/// A view of (Rows, Columns) float32 numbers in native memory. Columns are contiguous; rows are <see cref="Stride"/> floats apart.
/// The view holds its owner, so the memory is not freed by a finalizer while a view of it lives. A vector is one row.
/// </summary>
public readonly unsafe struct Tensor
{
    private readonly AlignedBuffer<float>? _owner;
    private readonly float* _data;

    internal Tensor(AlignedBuffer<float>? owner, float* data, int rows, int columns, int stride)
    {
        _owner = owner;
        _data = data;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Distance between the starts of two rows, in floats.</summary>
    public int Stride { get; }

    /// <summary>Number of elements.</summary>
    public long Count => (long)Rows * Columns;

    /// <summary>True for a view of nothing, which stands for "absent" where a kernel takes an optional tensor.</summary>
    public bool IsEmpty => _data is null;

    /// <summary>True where the rows follow each other without a gap.</summary>
    public bool IsContiguous => Stride == Columns || Rows <= 1;

    internal float* Data => _data;

    /// <summary>One element.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="column">Column, from 0.</param>
    public ref float this[int row, int column] => ref Row(row)[column];

    /// <summary>Allocates a tensor of zeros that owns its memory until the garbage collector finds it unused.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public static Tensor Zeros(int rows, int columns)
    {
        var owner = new AlignedBuffer<float>((long)rows * columns);
        return Over(owner, 0, rows, columns);
    }

    /// <summary>Allocates a tensor that owns its memory and holds whatever was there, for a caller who writes all of it at once.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public static Tensor Unset(int rows, int columns)
    {
        AlignedBuffer<float> owner = AlignedBuffer<float>.Unset((long)rows * columns);
        return Over(owner, 0, rows, columns);
    }

    /// <summary>Copies managed numbers into a tensor of its own.</summary>
    /// <param name="values">rows * columns numbers, row by row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public static Tensor From(ReadOnlySpan<float> values, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, rows * columns);
        Tensor tensor = Zeros(rows, columns);
        values.CopyTo(tensor.Span);
        return tensor;
    }

    /// <summary>A view of part of a buffer; the buffer stays its owner.</summary>
    /// <param name="owner">Buffer that holds the numbers.</param>
    /// <param name="start">First element of the view.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public static Tensor Over(AlignedBuffer<float> owner, long start, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + ((long)rows * columns), owner.Length);
        return new Tensor(owner, owner.Pointer + start, rows, columns, columns);
    }

    /// <summary>One row as a span, which does not hold the memory: see <see cref="Span"/>.</summary>
    /// <param name="row">Row, from 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return new Span<float>(_data + ((long)row * Stride), Columns);
    }

    /// <summary>All elements of a contiguous tensor of fewer than 2^31 elements.</summary>
    /// <remarks>
    /// A span holds a bare address and no owner. Where this is the last use of a tensor that nobody else holds, as in <c>Load().Span</c>, a collection may free
    /// the memory while the span is still read. Keep the tensor in a variable and call <see cref="KeepAlive"/> behind the last use of the span, or take
    /// <see cref="ToArray"/>, which does so.
    /// </remarks>
    public Span<float> Span
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfEqual(IsContiguous, false, nameof(IsContiguous));
            return new Span<float>(_data, checked((int)Count));
        }
    }

    /// <summary>A view of some consecutive rows.</summary>
    /// <param name="start">First row.</param>
    /// <param name="count">Number of rows.</param>
    public Tensor SliceRows(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Rows);
        return new Tensor(_owner, _data + ((long)start * Stride), count, Columns, Stride);
    }

    /// <summary>A view of some consecutive columns of all rows.</summary>
    /// <param name="start">First column.</param>
    /// <param name="count">Number of columns.</param>
    public Tensor SliceColumns(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Columns);
        return new Tensor(_owner, _data + start, Rows, count, Stride);
    }

    /// <summary>The same contiguous elements with other row and column counts.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public Tensor Reshape(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)rows * columns, Count);
        ArgumentOutOfRangeException.ThrowIfEqual(IsContiguous, false, nameof(IsContiguous));
        return new Tensor(_owner, _data, rows, columns, columns);
    }

    /// <summary>Sets every element to zero.</summary>
    public void Clear()
    {
        for (int r = 0; r < Rows; r++)
        {
            Row(r).Clear();
        }

        KeepAlive();
    }

    /// <summary>Copies all elements from a tensor of the same shape.</summary>
    /// <param name="source">Tensor to copy.</param>
    public void CopyFrom(Tensor source)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Rows, Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Columns, Columns);
        for (int r = 0; r < Rows; r++)
        {
            source.Row(r).CopyTo(Row(r));
        }

        source.KeepAlive();
        KeepAlive();
    }

    /// <summary>A copy of all numbers, row by row, of a contiguous view. Unlike a span, it needs no owner that lives on.</summary>
    public float[] ToArray()
    {
        float[] copy = Span.ToArray();
        KeepAlive();
        return copy;
    }

    /// <summary>Keeps the owner of the memory alive up to this call; kernels end with it after a parallel job over bare pointers.</summary>
    public void KeepAlive() => GC.KeepAlive(_owner);
}
