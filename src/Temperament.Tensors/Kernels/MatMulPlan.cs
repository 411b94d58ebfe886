namespace Temperament.Tensors.Kernels;

/// <summary>
/// How a product C (M, N) = A (M, K) B (K, N) is cut into work. Depends on the shape alone, never on the number of threads.
/// A task is one block of rows times one chunk of columns; it walks the depth in blocks so that its chunk of B stays in the second
/// cache (<see cref="Depth"/> * <see cref="ChunkColumns"/> * 4 = 256 KiB), a panel of A in the first (12 KiB), and its sums
/// in a private scratch where tiles are contiguous.
/// </summary>
internal readonly struct MatMulPlan
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = 12;

    /// <summary>Columns of a tile.</summary>
    public const int TileColumns = 32;

    /// <summary>Depth of a block; the constant distance between the rows of a packed panel.</summary>
    public const int Depth = 256;

    /// <summary>Floats of a packed panel of one block of depth.</summary>
    public const int PanelFloats = TileRows * Depth;

    /// <summary>Most columns of a task.</summary>
    public const int ChunkColumns = 256;

    /// <summary>Most panels of a task: 516 rows.</summary>
    public const int BlockPanels = 43;

    /// <summary>Floats of scratch that a thread needs: packed B, sums, and one tile for the edges.</summary>
    public const long ThreadScratch = ((long)Depth * ChunkColumns) + ((long)BlockPanels * TileRows * ChunkColumns) + (TileRows * TileColumns);

    private const int WantedTasks = 16;
    private const int LeastChunkColumns = 64;
    private const int LeastBlockPanels = 4;

    /// <summary>Cuts a product.</summary>
    /// <param name="rows">M.</param>
    /// <param name="columns">N.</param>
    /// <param name="depth">K.</param>
    public MatMulPlan(int rows, int columns, int depth)
    {
        Panels = Blocks(rows, TileRows);
        DepthBlocks = Blocks(depth, Depth);
        int rowBlocks = Blocks(Panels, BlockPanels);
        // With one panel of rows each packed column serves one tile: it is used at once, from the first cache.
        int chunk = Panels == 1 ? TileColumns : ChunkColumns;
        while (chunk > LeastChunkColumns && (long)rowBlocks * Blocks(columns, chunk) < WantedTasks)
        {
            chunk /= 2;
        }

        while (Panels > LeastBlockPanels * rowBlocks * 2 && (long)rowBlocks * Blocks(columns, chunk) < WantedTasks)
        {
            rowBlocks *= 2;
        }

        Chunk = chunk;
        ColumnChunks = Blocks(columns, chunk);
        PanelsPerTask = Blocks(Panels, rowBlocks);
        RowBlocks = Blocks(Panels, PanelsPerTask);
    }

    /// <summary>Panels of A in all.</summary>
    public int Panels { get; }

    /// <summary>Blocks along the depth.</summary>
    public int DepthBlocks { get; }

    /// <summary>Columns of a task.</summary>
    public int Chunk { get; }

    /// <summary>Chunks of columns.</summary>
    public int ColumnChunks { get; }

    /// <summary>Panels of a task.</summary>
    public int PanelsPerTask { get; }

    /// <summary>Blocks of rows.</summary>
    public int RowBlocks { get; }

    /// <summary>Number of tasks.</summary>
    public int Tasks => RowBlocks * ColumnChunks;

    /// <summary>Floats of packed A.</summary>
    public long PackedRows => (long)Panels * DepthBlocks * TileRows * Depth;

    private static int Blocks(int count, int size) => (int)(((long)count + size - 1) / size);
}
