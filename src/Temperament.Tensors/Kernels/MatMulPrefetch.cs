using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Walks over the cache lines of the block of B that is packed next and asks for them a few at a time, while packing and within tiles,
/// so that memory works while the multipliers do. Only a hint: it may run past the end of the weights.
/// </summary>
internal unsafe struct MatMulPrefetch
{
    /// <summary>Bytes of a cache line.</summary>
    public const int LineBytes = 64;

    // Rows that a tile walks through, each as far as it gets in its share of the depths.
    private const int RowsOfTile = MatMulPlan.Depth / MatMulAhead.Depths;
    private const int LinesOfRow = 16;

    private byte* _row;
    private nint _rowBytes;
    private int _rows;
    private int _lines;
    private int _line;

    /// <summary>Starts at depths k .. k + depth - 1 of columns n .. n + columns - 1.</summary>
    public MatMulPrefetch(in MatMulProduct product, int k, int depth, int n, int columns)
    {
        _line = 0;
        if (product.Codes is not null)
        {
            // A band of outputs is one row of lines, along its inputs.
            (int output, int outputs, int input, int inputs) = product.TransposedB ? (n, columns, k, depth) : (k, depth, n, columns);
            const int WordBytes = Nf4View.Band * sizeof(uint);
            _rows = (outputs + Nf4View.Band - 1) / Nf4View.Band;
            _row = (byte*)product.Codes + ((((nint)(output / Nf4View.Band) * product.Nf4.RowWords) + (input / Nf4View.WordCodes)) * WordBytes);
            _rowBytes = (nint)product.Nf4.RowWords * WordBytes;
            _lines = (inputs + Nf4View.WordCodes - 1) / Nf4View.WordCodes * (WordBytes / LineBytes);
            return;
        }

        if (product.Blocks.Words is not null)
        {
            // As with NF4; scales lie elsewhere and are few.
            (int output, int outputs, int input, int inputs) = product.TransposedB ? (n, columns, k, depth) : (k, depth, n, columns);
            int blockBytes = product.Blocks.BlockWords * BlockView.Band * sizeof(uint);
            _rows = (outputs + BlockView.Band - 1) / BlockView.Band;
            _row = (byte*)product.Blocks.Words + ((((nint)(output / BlockView.Band) * product.Blocks.RowBlocks) + (input / BlockView.BlockSize)) * blockBytes);
            _rowBytes = (nint)product.Blocks.RowBlocks * blockBytes;
            _lines = (inputs + BlockView.BlockSize - 1) / BlockView.BlockSize * (blockBytes / LineBytes);
            return;
        }

        nint first = product.TransposedB ? (n * product.BStride) + k : (k * product.BStride) + n;
        int length = product.TransposedB ? depth : columns;
        _rows = product.TransposedB ? columns : depth;
        byte* start = product.Halves is not null ? (byte*)product.Halves : (byte*)product.B;
        int size = product.Halves is not null ? sizeof(ushort) : sizeof(float);
        _row = start + (first * size);
        _rowBytes = product.BStride * size;
        _lines = ((length * size) + LineBytes - 1) / LineBytes;
    }

    /// <summary>Lines of the block.</summary>
    public readonly int Lines => Math.Max(0, _rows) * _lines;

    /// <summary>Tiles that have something to ask for, from here to the end of the block.</summary>
    public readonly int Tiles
    {
        get
        {
            int pieces = _lines > LinesOfRow ? (_lines + (LinesOfRow * RowsOfTile) - 1) / (LinesOfRow * RowsOfTile) : 1;
            int rowsTogether = _lines > LinesOfRow ? 1 : RowsOfTile;
            return _lines > 0 ? (Math.Max(0, _rows) + rowsTogether - 1) / rowsTogether * pieces : 0;
        }
    }

    /// <summary>Gives the next rows, or the next piece of a long row, to a tile.</summary>
    /// <param name="ahead">What the tile asks for.</param>
    public void Give(ref MatMulAhead ahead)
    {
        ahead.Row = _row + (_line * LineBytes);
        if (_lines > LinesOfRow)
        {
            ahead.RowStep = LinesOfRow * LineBytes;
            ahead.LineStep = ahead.RowStep / MatMulAhead.Depths;
            _line += LinesOfRow * RowsOfTile;
            if (_line >= _lines)
            {
                _line = 0;
                _row += _rowBytes;
                _rows--;
            }
        }
        else
        {
            ahead.RowStep = _rowBytes;
            ahead.LineStep = _lines * LineBytes / MatMulAhead.Depths;
            _row += RowsOfTile * _rowBytes;
            _rows -= RowsOfTile;
        }
    }

    /// <summary>Asks for the next lines.</summary>
    /// <param name="count">Most lines to ask for.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(int count)
    {
        if (Sse.IsSupported)
        {
            for (; count > 0 && _rows > 0; count--)
            {
                Sse.Prefetch1(_row + (_line * LineBytes));
                if (++_line == _lines)
                {
                    _line = 0;
                    _row += _rowBytes;
                    _rows--;
                }
            }
        }
    }
}
