using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>One block of rows times one chunk of columns of a product.</summary>
internal readonly unsafe struct MatMulTask(MatMulProduct product, MatMulPlan plan, float* packedRows, ThreadScratch scratch) : IThreadJob
{
    private const int TileFloats = MatMulPlan.TileRows * MatMulPlan.TileColumns;

    /// <inheritdoc/>
    public void Run(int chunk, int thread)
    {
        if (product.TransposedA)
        {
            Run<DepthLayout>(chunk, thread);
        }
        else
        {
            Run<RowLayout>(chunk, thread);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TLayout>(int chunk, int thread)
        where TLayout : struct, IPanelLayout
    {
        int firstPanel = chunk / plan.ColumnChunks * plan.PanelsPerTask;
        int endPanel = Math.Min(plan.Panels, firstPanel + plan.PanelsPerTask);
        int n = chunk % plan.ColumnChunks * plan.Chunk;
        int columns = Math.Min(plan.Chunk, product.N - n);
        float* packedColumns = scratch[thread];
        float* sums = packedColumns + (MatMulPlan.Depth * MatMulPlan.ChunkColumns);
        for (int block = 0; block < plan.DepthBlocks; block++)
        {
            int k = block * MatMulPlan.Depth;
            int depth = Math.Min(MatMulPlan.Depth, product.K - k);
            MatMulPrefetch next = Next(block, n);
            int tilesAcross = (columns + MatMulPlan.TileColumns - 1) / MatMulPlan.TileColumns;
            int packTime = tilesAcross * 2 * ((depth + 15) / 16), tileTime = TileTime(product.M);
            int lines = (next.Lines / (packTime + (tileTime * (endPanel - firstPanel) * tilesAcross))) + 1;
            MatMulColumns.Pack(product, k, depth, n, columns, packedColumns, ref next, lines);
            lines *= tileTime;
            int panelLines = (MatMulPlan.TileRows * depth / 16 / tilesAcross) + 1;
            float* tile = sums;
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                float* a = packedRows + ((((long)block * plan.Panels) + panel) * MatMulPlan.PanelFloats);
                float* b = packedColumns;
                int row = panel * MatMulPlan.TileRows;
                int rows = Math.Min(MatMulPlan.TileRows, product.M - row);
                float* nextPanel = panel + 1 < endPanel ? a + MatMulPlan.PanelFloats : a;
                float* c = product.C + (row * product.CStride) + n;
                for (int left = columns; left > 0; left -= MatMulPlan.TileColumns)
                {
                    next.Touch(lines);
                    nextPanel = Touch(nextPanel, panelLines);
                    RunTile<TLayout>(block, rows, left, depth, a, b, c, tile);
                    b += (long)depth * MatMulPlan.TileColumns;
                    c += MatMulPlan.TileColumns;
                    tile += TileFloats;
                }
            }
        }
    }

    // Time of a tile in units of packing 16 by 16 numbers, roughly: lines are asked for at an even pace.
    private static int TileTime(int rows) => 4 + (5 * Math.Min(rows, MatMulPlan.TileRows));

    // What this thread most likely packs next: the next depths of these columns, or the first depths of the next ones.
    private MatMulPrefetch Next(int block, int n)
    {
        bool last = block == plan.DepthBlocks - 1;
        int k = last ? 0 : (block + 1) * MatMulPlan.Depth, column = last ? n + plan.Chunk : n;
        return new MatMulPrefetch(
            product, k, Math.Min(MatMulPlan.Depth, product.K - k), column, Math.Min(plan.Chunk, product.N - column));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Touch(float* panel, int lines)
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < lines; i++)
            {
                Sse.Prefetch1(panel + (i * 16));
            }
        }

        return panel + (lines * 16);
    }

    // The first block of the depth starts from C or zero and the last one ends in C; in between the sums rest in their scratch tile.
    // A tile that is cut off by the last column goes through the scratch at both ends.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RunTile<TLayout>(int block, int rows, int left, int depth, float* a, float* b, float* c, float* tile)
        where TLayout : struct, IPanelLayout
    {
        bool first = block == 0, last = block == plan.DepthBlocks - 1;
        bool whole = left >= MatMulPlan.TileColumns || left == MatMulPlan.TileColumns / 2;
        float* from = tile, to = tile;
        nint fromStride = MatMulPlan.TileColumns, toStride = MatMulPlan.TileColumns;
        if (first)
        {
            if (!product.Accumulate)
            {
                from = null;
            }
            else if (whole)
            {
                from = c;
                fromStride = product.CStride;
            }
            else
            {
                CopyTile(rows, left, c, product.CStride, tile, MatMulPlan.TileColumns);
            }
        }

        if (last && whole)
        {
            to = c;
            toStride = product.CStride;
        }

        MatMulTile.Run<TLayout>(rows, left > MatMulPlan.TileColumns / 2, depth, a, b, from, fromStride, to, toStride);
        if (last && !whole)
        {
            CopyTile(rows, left, tile, MatMulPlan.TileColumns, c, product.CStride);
        }
    }

    private static void CopyTile(int rows, int columns, float* from, nint fromStride, float* to, nint toStride)
    {
        for (int r = 0; r < rows; r++)
        {
            new ReadOnlySpan<float>(from, columns).CopyTo(new Span<float>(to, columns));
            from += fromStride;
            to += toStride;
        }
    }
}
