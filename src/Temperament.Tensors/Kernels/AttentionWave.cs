using System.Runtime.CompilerServices;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Some consecutive blocks of keys of all segments, and the dS of all queries for them: first blocks of keys are the chunks, then tiles of
/// queries. So one long sequence with a single key-value head keeps many threads busy. Later waves go on where this one ends.
/// </summary>
/// <param name="shape">What the call attends to.</param>
/// <param name="stored">dS, (segment, head, tile of queries, block of the wave, 32, 64).</param>
/// <param name="firstBlock">Number of the first block of keys.</param>
/// <param name="blocks">Number of blocks.</param>
internal readonly unsafe struct AttentionWave(AttentionShape shape, float* stored, int firstBlock, int blocks)
{
    private const int KeyBlock = AttentionShape.KeyBlock;
    private const int QueryTile = AttentionShape.QueryTile;
    private const int StoredBlock = QueryTile * KeyBlock;

    // 64 MiB, so that the memory of a call does not grow with the square of a sequence.
    private const long MostFloats = 16 << 20;

    /// <summary>Number of the first block.</summary>
    public int FirstBlock => firstBlock;

    /// <summary>Blocks of keys that a wave takes.</summary>
    public static int BlocksOf(AttentionShape shape) =>
        (int)Math.Clamp(MostFloats / Math.Max(1, FloatsOfBlock(shape)), 1, Math.Max(1, MostBlocks(shape)));

    /// <summary>Floats that a wave of one block stores.</summary>
    public static long FloatsOfBlock(AttentionShape shape)
    {
        long floats = 0;
        for (int s = 0; s < shape.Segments; s++)
        {
            floats += (long)Chunks.Count(shape[s].QueryCount, QueryTile) * shape.Heads * StoredBlock;
        }

        return floats;
    }

    /// <summary>Blocks of keys of the longest segment.</summary>
    public static int MostBlocks(AttentionShape shape)
    {
        int most = 0;
        for (int s = 0; s < shape.Segments; s++)
        {
            most = Math.Max(most, Chunks.Count(shape[s].KeyCount, KeyBlock));
        }

        return most;
    }

    /// <summary>Blocks of keys of the wave in a segment.</summary>
    public int KeyBlocks(AttentionSegment segment) => Math.Clamp(Chunks.Count(segment.KeyCount, KeyBlock) - firstBlock, 0, blocks);

    /// <summary>Tiles of queries in a segment.</summary>
    public static int QueryTiles(AttentionSegment segment) => Chunks.Count(segment.QueryCount, QueryTile);

    /// <summary>Floats between the stored dS of two tiles.</summary>
    public long TileFloats => (long)blocks * StoredBlock;

    /// <summary>dS of head 0 and tile 0 of a segment for a block of keys.</summary>
    /// <param name="segment">Number of the segment.</param>
    /// <param name="block">Number of the block.</param>
    public float* Stored(int segment, int block)
    {
        long tiles = 0;
        for (int s = 0; s < segment; s++)
        {
            tiles += QueryTiles(shape[s]);
        }

        return stored + (tiles * shape.Heads * TileFloats) + ((long)(block - firstBlock) * StoredBlock);
    }
}

/// <summary>One chunk is a block of keys with one key-value head: it owns its rows of dk and dv and its part of dS.</summary>
internal readonly unsafe struct AttentionKeyGradients(AttentionBackward backward, AttentionWave wave) : IParallelJob
{
    /// <summary>Number of chunks.</summary>
    public int Count
    {
        get
        {
            int chunks = 0;
            for (int s = 0; s < backward.Shape.Segments; s++)
            {
                chunks += wave.KeyBlocks(backward.Shape[s]) * backward.Shape.KeyValueHeads;
            }

            return chunks;
        }
    }

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        AttentionShape shape = backward.Shape;
        int s = 0, blocks = wave.KeyBlocks(shape[0]);
        for (; chunk >= blocks * shape.KeyValueHeads; blocks = wave.KeyBlocks(shape[s]))
        {
            chunk -= blocks * shape.KeyValueHeads;
            s++;
        }

        int block = wave.FirstBlock + (chunk % blocks);
        backward.Meet(shape[s], chunk / blocks, block * AttentionShape.KeyBlock, wave.Stored(s, block), wave.TileFloats);
    }
}

/// <summary>One chunk is a tile of queries with the heads of one key-value head: it owns its rows of dq.</summary>
internal readonly unsafe struct AttentionQueryGradients(AttentionBackward backward, AttentionWave wave) : IParallelJob
{
    private const int KeyBlock = AttentionShape.KeyBlock;
    private const int QueryTile = AttentionShape.QueryTile;

    /// <summary>Number of chunks.</summary>
    public int Count
    {
        get
        {
            int chunks = 0;
            for (int s = 0; s < backward.Shape.Segments; s++)
            {
                chunks += AttentionWave.QueryTiles(backward.Shape[s]) * backward.Shape.KeyValueHeads;
            }

            return chunks;
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk)
    {
        AttentionShape shape = backward.Shape;
        int s = 0, tiles = AttentionWave.QueryTiles(shape[0]);
        for (; chunk >= tiles * shape.KeyValueHeads; tiles = AttentionWave.QueryTiles(shape[s]))
        {
            chunk -= tiles * shape.KeyValueHeads;
            s++;
        }

        AttentionSegment segment = shape[s];
        int head = chunk / tiles, number = chunk % tiles, tile = number * QueryTile;
        float* keyRows = stackalloc float[shape.HeadSize * KeyBlock];
        for (int block = wave.FirstBlock; block < wave.FirstBlock + wave.KeyBlocks(segment); block++)
        {
            int first = block * KeyBlock;
            if (tile < shape.FirstTile(segment, first) || tile >= shape.EndOfQueries(segment, first))
            {
                continue;
            }

            int present = backward.GatherKeys(keyRows, segment, head, first);
            for (int h = head * shape.Group; h < (head + 1) * shape.Group; h++)
            {
                float* ds = wave.Stored(s, block) + ((((long)h * tiles) + number) * wave.TileFloats);
                backward.AddToQueries(segment, h, tile, ds, keyRows, present);
            }
        }
    }
}
