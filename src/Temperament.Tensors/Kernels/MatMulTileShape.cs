namespace Temperament.Tensors.Kernels;

/// <summary>Number of rows of a tile, as a type, so that the JIT compiles a body for each.</summary>
internal interface ITileRows
{
    /// <summary>Rows, 1 to 12.</summary>
    static abstract int Count { get; }
}

/// <summary>Number of registers across a tile, as a type.</summary>
internal interface ITileWidth
{
    /// <summary>True for two registers, false for one.</summary>
    static abstract bool Two { get; }
}

/// <summary>How the rows of A are packed, as a type, so that the distances are constants in the machine code.</summary>
internal interface IPanelLayout
{
    /// <summary>Floats between two rows of a panel.</summary>
    static abstract nint RowStep { get; }

    /// <summary>Floats between two depths of a panel.</summary>
    static abstract nint DepthStep { get; }
}

/// <summary>Each row of the panel is contiguous: a plain copy where the depth is contiguous in the source (y = x W^T, dx = dy W).</summary>
internal readonly struct RowLayout : IPanelLayout
{
    /// <inheritdoc/>
    public static nint RowStep => MatMulPlan.Depth;

    /// <inheritdoc/>
    public static nint DepthStep => 1;
}

/// <summary>The rows of one depth are contiguous: a plain copy where the rows are contiguous in the source (dW = dy^T x).</summary>
internal readonly struct DepthLayout : IPanelLayout
{
    /// <inheritdoc/>
    public static nint RowStep => 1;

    /// <inheritdoc/>
    public static nint DepthStep => MatMulPlan.TileRows;
}

/// <summary>One register across.</summary>
internal readonly struct OneWide : ITileWidth
{
    /// <inheritdoc/>
    public static bool Two => false;
}

/// <summary>Two registers across.</summary>
internal readonly struct TwoWide : ITileWidth
{
    /// <inheritdoc/>
    public static bool Two => true;
}

/// <summary>1 row.</summary>
internal readonly struct OneRow : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 1;
}

/// <summary>2 rows.</summary>
internal readonly struct TwoRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 2;
}

/// <summary>3 rows.</summary>
internal readonly struct ThreeRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 3;
}

/// <summary>4 rows.</summary>
internal readonly struct FourRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 4;
}

/// <summary>5 rows.</summary>
internal readonly struct FiveRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 5;
}

/// <summary>6 rows.</summary>
internal readonly struct SixRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 6;
}

/// <summary>7 rows.</summary>
internal readonly struct SevenRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 7;
}

/// <summary>8 rows.</summary>
internal readonly struct EightRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 8;
}

/// <summary>9 rows.</summary>
internal readonly struct NineRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 9;
}

/// <summary>10 rows.</summary>
internal readonly struct TenRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 10;
}

/// <summary>11 rows.</summary>
internal readonly struct ElevenRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 11;
}

/// <summary>12 rows.</summary>
internal readonly struct TwelveRows : ITileRows
{
    /// <inheritdoc/>
    public static int Count => 12;
}
