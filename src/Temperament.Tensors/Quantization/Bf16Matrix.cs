using System.Runtime.InteropServices;
using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Quantization;

/// <summary>(N, K) weights in bfloat16, row by row: half the memory of float32, and what most checkpoints are stored in.</summary>
public sealed unsafe class Bf16Matrix : IDisposable
{
    private readonly AlignedBuffer<ushort>? _owner;
    private readonly ushort* _data;
    private readonly bool _isPart;

    /// <summary>Makes a matrix of zeros.</summary>
    /// <param name="outputs">Rows, N.</param>
    /// <param name="inputs">Columns, K.</param>
    public Bf16Matrix(int outputs, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outputs);
        ArgumentOutOfRangeException.ThrowIfNegative(inputs);
        Outputs = outputs;
        Inputs = inputs;
        _owner = new AlignedBuffer<ushort>((long)outputs * inputs);
        _data = _owner.Pointer;
    }

    /// <summary>A view of numbers that somebody else keeps.</summary>
    internal Bf16Matrix(ushort* data, int outputs, int inputs, AlignedBuffer<ushort>? owner = null)
    {
        _owner = owner;
        _isPart = true;
        Outputs = outputs;
        Inputs = inputs;
        _data = data;
    }

    /// <summary>Rows, N.</summary>
    public int Outputs { get; }

    /// <summary>Columns, K.</summary>
    public int Inputs { get; }

    /// <summary>Size in bytes.</summary>
    public long Bytes => (long)Outputs * Inputs * sizeof(ushort);

    internal ushort* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_owner is { IsDisposed: true }, this);
            return _data;
        }
    }

    /// <summary>Rounds float32 weights to the nearest bfloat16, ties to even.</summary>
    /// <param name="weights">(N, K) weights.</param>
    public static Bf16Matrix Round(Tensor weights)
    {
        var matrix = new Bf16Matrix(weights.Rows, weights.Columns);
        for (int r = 0; r < weights.Rows; r++)
        {
            Bf16.Narrow(weights.Row(r), MemoryMarshal.AsBytes(matrix.Row(r)));
        }

        weights.KeepAlive();
        return matrix;
    }

    /// <summary>One row, the upper halves of its float32 numbers; valid until <see cref="Dispose"/>.</summary>
    /// <param name="row">Row, from 0.</param>
    public Span<ushort> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Outputs, nameof(row));
        return new Span<ushort>(Data + ((long)row * Inputs), Inputs);
    }

    /// <summary>A view of some consecutive rows; valid until the whole matrix is disposed.</summary>
    /// <param name="start">First row.</param>
    /// <param name="count">Number of rows.</param>
    public Bf16Matrix SliceRows(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, Outputs, nameof(count));
        return new Bf16Matrix(Data + ((long)start * Inputs), count, Inputs, _owner);
    }

    /// <summary>Widens all weights, exactly.</summary>
    /// <param name="target">(N, K) float32 numbers.</param>
    public void Widen(Tensor target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Rows, Outputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Columns, Inputs);
        for (int r = 0; r < Outputs; r++)
        {
            Bf16.Widen(MemoryMarshal.AsBytes(Row(r)), target.Row(r));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isPart)
        {
            _owner?.Dispose();
        }
    }
}
