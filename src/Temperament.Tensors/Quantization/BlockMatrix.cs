using System.Runtime.CompilerServices;
using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// (N, K) weights in one of the block formats of GGUF files: 32 neighbours of a row share a scale in half precision, and in Q4_1 and Q5_1 a minimum.
/// The numbers are those of the file, laid out for products (<see cref="BlockView"/>): 4 bits a weight, or 8 where the file has 5 or 8.
/// A weight reads number * scale + minimum; the product is exact in float32, so each weight is rounded once at most.
/// </summary>
public sealed unsafe class BlockMatrix : IDisposable
{
    private readonly AlignedBuffer<uint> _words;
    private readonly AlignedBuffer<ushort> _scales;
    private readonly AlignedBuffer<ushort>? _minima;
    private readonly int _firstBand;
    private readonly bool _isPart;

    /// <summary>Makes a matrix of zeros.</summary>
    /// <param name="format">One of the block formats.</param>
    /// <param name="outputs">Rows, N.</param>
    /// <param name="inputs">Columns, K; whole blocks of 32.</param>
    /// <exception cref="ArgumentOutOfRangeException">The format has no blocks, or the columns are not whole blocks.</exception>
    public BlockMatrix(WeightFormat format, int outputs, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outputs);
        ArgumentOutOfRangeException.ThrowIfNegative(inputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputs % BlockView.BlockSize, 0, nameof(inputs));
        ArgumentOutOfRangeException.ThrowIfEqual(BlockCode.IsBlocks(format), false, nameof(format));
        (Format, Outputs, Inputs) = (format, outputs, inputs);
        long blocks = (long)BlockView.Bands(outputs) * BlockView.Band * (inputs / BlockView.BlockSize);
        _words = new AlignedBuffer<uint>(blocks * BlockCode.WordsOfBlock(format));
        _scales = new AlignedBuffer<ushort>(blocks);
        _minima = BlockCode.HasMinimum(format) ? new AlignedBuffer<ushort>(blocks) : null;
    }

    private BlockMatrix(BlockMatrix whole, int firstBand, int outputs)
    {
        (Format, Outputs, Inputs) = (whole.Format, outputs, whole.Inputs);
        (_words, _scales, _minima) = (whole._words, whole._scales, whole._minima);
        (_firstBand, _isPart) = (firstBand, true);
    }

    /// <summary>Format.</summary>
    public WeightFormat Format { get; }

    /// <summary>Rows, N.</summary>
    public int Outputs { get; }

    /// <summary>Columns, K.</summary>
    public int Inputs { get; }

    /// <summary>Size in bytes, scales and the rows that fill up the last band included.</summary>
    public long Bytes => WeightFormats.BytesOf(Format, Outputs, Inputs);

    /// <summary>One weight.</summary>
    /// <param name="output">Row.</param>
    /// <param name="input">Column.</param>
    public float this[int output, int input]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)output, (uint)Outputs, nameof(output));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)input, (uint)Inputs, nameof(input));
            float weight = View.Weight(output, input);
            GC.KeepAlive(this);
            return weight;
        }
    }

    /// <summary>Where codes, scales and minima lie, with their sizes; the caller keeps this matrix alive.</summary>
    internal (nint Start, long Bytes)[] Memory
    {
        get
        {
            BlockView view = View;
            long blocks = (long)BlockView.Bands(Outputs) * BlockView.Band * view.RowBlocks, scales = blocks * sizeof(ushort);
            return
            [
                ((nint)view.Words, blocks * view.BlockWords * sizeof(uint)), ((nint)view.Scales, scales), ((nint)view.Minima, view.Minima is null ? 0 : scales),
            ];
        }
    }

    /// <summary>Addresses; valid until <see cref="Dispose"/>.</summary>
    internal BlockView View
    {
        get
        {
            nint before = (nint)_firstBand * BlockView.Band * (Inputs / BlockView.BlockSize);
            return new BlockView(
                _words.Pointer + (before * BlockCode.WordsOfBlock(Format)), _scales.Pointer + before, _minima is null ? null : _minima.Pointer + before,
                BlockCode.LevelsOf(Format), Outputs, Inputs);
        }
    }

    /// <summary>Takes a row from the bytes of a file.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="stored">Its blocks as the file has them.</param>
    /// <returns>False where a scale or a minimum is not finite.</returns>
    public bool Store(int row, ReadOnlySpan<byte> stored)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Outputs, nameof(row));
        ArgumentOutOfRangeException.ThrowIfNotEqual(stored.Length, Inputs / BlockView.BlockSize * BlockCode.BytesOfBlock(Format), nameof(stored));
        bool isFinite = BlockCode.Store(Format, stored, View, row);
        GC.KeepAlive(this);
        return isFinite;
    }

    /// <summary>Reads one row as float32.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="target">(K) numbers.</param>
    public void ReadRow(int row, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Outputs, nameof(row));
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, Inputs, nameof(target));
        BlockView view = View;
        for (int input = 0; input < target.Length; input++)
        {
            target[input] = view.Weight(row, input);
        }

        GC.KeepAlive(this);
    }

    /// <summary>A view of some consecutive rows; valid until the whole matrix is disposed.</summary>
    /// <param name="start">First row: a multiple of 64, the rows that lie side by side.</param>
    /// <param name="count">Number of rows.</param>
    public BlockMatrix SliceRows(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, Outputs, nameof(count));
        ArgumentOutOfRangeException.ThrowIfNotEqual(start % BlockView.Band, 0, nameof(start));
        return new BlockMatrix(this, _firstBand + (start / BlockView.Band), count);
    }

    /// <summary>The same weights elsewhere in memory.</summary>
    public BlockMatrix Copy()
    {
        var copy = new BlockMatrix(Format, Outputs, Inputs);
        BlockView from = View, to = copy.View;
        long blocks = (long)BlockView.Bands(Outputs) * BlockView.Band * from.RowBlocks;
        Unsafe.CopyBlock(ref *(byte*)to.Words, ref *(byte*)from.Words, checked((uint)(blocks * from.BlockWords * sizeof(uint))));
        Unsafe.CopyBlock(ref *(byte*)to.Scales, ref *(byte*)from.Scales, checked((uint)(blocks * sizeof(ushort))));
        if (from.Minima is not null)
        {
            Unsafe.CopyBlock(ref *(byte*)to.Minima, ref *(byte*)from.Minima, checked((uint)(blocks * sizeof(ushort))));
        }

        GC.KeepAlive(this);
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isPart)
        {
            _words.Dispose();
            _scales.Dispose();
            _minima?.Dispose();
        }
    }
}
