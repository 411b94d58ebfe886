using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// What a tile asks memory for while it multiplies, a line every few depths: asked for all at once, the lines would fill the queue of
/// misses and the operands of the tile would wait behind them. Four streams: rows of the weights that are packed next, the next panel of A, the
/// next tile of sums, and the next tile of C where it is read or written. Only hints: they may run past the end of what they walk through.
/// </summary>
internal unsafe struct MatMulAhead
{
    /// <summary>Depths in which a tile walks along one row of weights.</summary>
    public const int Depths = 32;

    /// <summary>First row of weights.</summary>
    public byte* Row;

    /// <summary>Bytes between two rows of weights.</summary>
    public nint RowStep;

    /// <summary>Bytes along a row for each depth.</summary>
    public nint LineStep;

    /// <summary>Part of the next panel of A.</summary>
    public byte* Panel;

    /// <summary>Bytes along it for each depth.</summary>
    public nint PanelStep;

    /// <summary>The next sums.</summary>
    public byte* Sums;

    /// <summary>Bytes along them for each depth.</summary>
    public nint SumsStep;

    /// <summary>The next tile of C.</summary>
    public byte* Target;

    /// <summary>Bytes between two of its rows.</summary>
    public nint TargetStep;

    /// <summary>Its rows that are asked for with every <see cref="Depths"/> depths; 0 where nobody needs them.</summary>
    public nint TargetRows;

    /// <summary>Rows of the next tile of C to ask for with every <see cref="Depths"/> depths of a tile, so that all are asked for.</summary>
    /// <param name="depth">Depth of the tile.</param>
    public static nint TargetRowsOf(int depth)
    {
        int times = (depth + Depths - 1) / Depths;
        return (MatMulPlan.TileRows + times - 1) / times;
    }

    /// <summary>No rows of weights: <paramref name="any"/> is asked for again and again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Rest(void* any)
    {
        Row = (byte*)any;
        RowStep = 0;
        LineStep = 0;
    }

    /// <summary>Asks for everything at once, for tiles that do not do it on the way.</summary>
    /// <param name="depth">Depth of the tile.</param>
    public readonly void Ask(nint depth)
    {
        if (Sse.IsSupported)
        {
            byte* row = Row, target = Target;
            for (nint k = 0; k < depth; k += Depths, row += RowStep)
            {
                Ask(row, LineStep * Depths);
                for (nint r = TargetRows; r > 0; r--, target += TargetStep)
                {
                    Ask(target, MatMulPlan.TileColumns * sizeof(float));
                }
            }

            Ask(Panel, PanelStep * depth);
            Ask(Sums, SumsStep * depth);
        }
    }

    private static void Ask(byte* from, nint bytes)
    {
        for (nint at = 0; at < bytes; at += MatMulPrefetch.LineBytes)
        {
            Sse.Prefetch1(from + at);
        }
    }
}
