using System.Runtime.CompilerServices;
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
            int tiles = tilesAcross * (endPanel - firstPanel), packTime = tilesAcross * 2 * ((depth + 15) / 16);
            int lines = next.Lines / (packTime + (TileTime(product.M) * tiles));
            MatMulColumns.Pack(product, k, depth, n, columns, packedColumns, ref next, lines);
            int giving = next.Tiles, given = 0;
            MatMulAhead ahead = Ahead(tilesAcross);
            bool meetsTarget = block == plan.DepthBlocks - 1 || (block == 0 && product.Accumulate);
            ahead.TargetRows = meetsTarget ? MatMulAhead.TargetRowsOf(depth) : 0;
            float* tile = sums;
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                float* a = packedRows + ((((long)block * plan.Panels) + panel) * MatMulPlan.PanelFloats);
                float* b = packedColumns;
                int row = panel * MatMulPlan.TileRows;
                int rows = Math.Min(MatMulPlan.TileRows, product.M - row);
                float* c = product.C + (row * product.CStride) + n, nextRows = c + (MatMulPlan.TileRows * product.CStride);
                ahead.Panel = (byte*)(panel + 1 < endPanel ? a + MatMulPlan.PanelFloats : a);
                for (int left = columns; left > 0; left -= MatMulPlan.TileColumns)
                {
                    ahead.Rest(a);
                    given += giving;
                    if (given >= tiles)
                    {
                        given -= tiles;
                        next.Give(ref ahead);
                    }

                    ahead.Sums = (byte*)(tile + TileFloats);
                    ahead.Target = (byte*)(left > MatMulPlan.TileColumns ? c + MatMulPlan.TileColumns : nextRows);
                    RunTile<TLayout>(block, rows, left, depth, a, b, c, tile, &ahead);
                    ahead.Panel += ahead.PanelStep * depth;
                    b += (long)depth * MatMulPlan.TileColumns;
                    c += MatMulPlan.TileColumns;
                    tile += TileFloats;
                }
            }
        }
    }

    // The tiles of one panel share the next panel; there are sums to come only where there is more than one block of depth.
    private MatMulAhead Ahead(int tilesAcross) => new()
    {
        TargetStep = product.CStride * sizeof(float),
        PanelStep = MatMulPlan.PanelFloats * sizeof(float) / (tilesAcross * MatMulPlan.Depth),
        SumsStep = plan.DepthBlocks > 1 ? TileFloats * sizeof(float) / MatMulPlan.Depth : 0,
    };

    // Time of a tile in units of packing 16 by 16 numbers, roughly: lines are asked for at an even pace, first while packing, then by the tiles.
    private static int TileTime(int rows) => 4 + (5 * Math.Min(rows, MatMulPlan.TileRows));

    // What this thread most likely packs next: the next depths of these columns, or the first depths of the next ones.
    private MatMulPrefetch Next(int block, int n)
    {
        bool last = block == plan.DepthBlocks - 1;
        int k = last ? 0 : (block + 1) * MatMulPlan.Depth, column = last ? n + plan.Chunk : n;
        return new MatMulPrefetch(
            product, k, Math.Min(MatMulPlan.Depth, product.K - k), column, Math.Min(plan.Chunk, product.N - column));
    }

    // The first block of the depth starts from C or zero and the last one ends in C; in between the sums rest in their scratch tile.
    // A tile that is cut off by the last column goes through the scratch at both ends.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RunTile<TLayout>(int block, int rows, int left, int depth, float* a, float* b, float* c, float* tile, MatMulAhead* ahead)
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

        MatMulTile.Run<TLayout>(rows, left > MatMulPlan.TileColumns / 2, depth, a, b, from, fromStride, to, toStride, ahead);
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
