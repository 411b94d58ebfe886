using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// One chunk is one segment with one key-value head and all query heads of its group: it owns its rows of dq, dk and dv. With
/// P = e^(scale * q k^T - lse), dP = dy v^T and dS = scale * P * (dP - sum(dy * y)):  dq += dS k,  dk += dS^T q,  dv += P^T dy.
/// Dao et al. 2022, https://arxiv.org/abs/2205.14135, appendix B.
/// </summary>
/// <remarks>
/// Where one segment is most of the work, its chunks are blocks of keys, which store dS, and then tiles of queries: see
/// <see cref="AttentionKeyGradients"/> and <see cref="AttentionQueryGradients"/>. Either way each element has one chain of additions: dq
/// over ascending blocks of keys, dk and dv over ascending heads and tiles of queries.
/// </remarks>
internal readonly unsafe struct AttentionBackward(
    AttentionShape shape, RowView dq, RowView dk, RowView dv, RowView dy, RowView y, RowView q, RowView k, RowView v, RowView lse) : IParallelJob
{
    private const int KeyBlock = AttentionShape.KeyBlock;
    private const int QueryTile = AttentionShape.QueryTile;

    /// <summary>What the call attends to.</summary>
    public AttentionShape Shape => shape;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk)
    {
        AttentionSegment segment = shape[chunk / shape.KeyValueHeads];
        for (int block = 0; block < segment.KeyCount; block += KeyBlock)
        {
            Meet(segment, chunk % shape.KeyValueHeads, block, null, 0);
        }
    }

    /// <summary>Adds to dk and dv of a block of keys what all queries of its group give, and stores dS or adds to their dq.</summary>
    /// <param name="segment">Sequence.</param>
    /// <param name="head">Key-value head.</param>
    /// <param name="block">First key, counted from the first key of the segment.</param>
    /// <param name="stored">Where dS of head 0 and tile 0 goes, (32, 64) a tile; null to add dS k to dq at once.</param>
    /// <param name="storedTile">Floats between two tiles of <paramref name="stored"/>; heads follow each other after their tiles.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Meet(AttentionSegment segment, int head, int block, float* stored, long storedTile)
    {
        int D = shape.HeadSize, group = shape.Group;
        float* keys = stackalloc float[D * KeyBlock];
        float* values = stackalloc float[D * KeyBlock];
        float* keyRows = stackalloc float[D * KeyBlock];
        float* queries = stackalloc float[D * QueryTile];
        float* gradients = stackalloc float[D * QueryTile];
        float* p = stackalloc float[QueryTile * KeyBlock];
        float* local = stackalloc float[QueryTile * KeyBlock];
        float* slopes = stackalloc float[KeyBlock];

        int present = Math.Min(KeyBlock, segment.KeyCount - block), keyRow = segment.KeyStart + block, keyColumn = head * D;
        int tiles = Chunks.Count(segment.QueryCount, QueryTile);
        AttentionBlock.Transpose(keys, k.At(keyRow, keyColumn), k.Stride, present, D);
        AttentionBlock.Transpose(values, v.At(keyRow, keyColumn), v.Stride, present, D);
        if (stored is null)
        {
            AttentionBlock.Gather(keyRows, k.At(keyRow, keyColumn), k.Stride, present, D);
        }

        for (int h = head * group; h < (head + 1) * group; h++)
        {
            for (int tile = shape.FirstTile(segment, block); tile < shape.EndOfQueries(segment, block); tile += QueryTile)
            {
                int rows = Math.Min(QueryTile, segment.QueryCount - tile), row = segment.QueryStart + tile, column = h * D;
                float* ds = stored is null ? local : stored + (((long)h * tiles) + (tile / QueryTile)) * storedTile;
                AttentionBlock.Gather(queries, q.At(row, column), q.Stride, rows, D);
                AttentionBlock.Gather(gradients, dy.At(row, column), dy.Stride, rows, D);
                SmallProduct.Run(p, KeyBlock, queries, D, 1, keys, KeyBlock, rows, D, KeyBlock, accumulate: false);
                SmallProduct.Run(ds, KeyBlock, gradients, D, 1, values, KeyBlock, rows, D, KeyBlock, accumulate: false);
                for (int i = 0; i < rows; i++)
                {
                    int position = segment.Past + tile + i, visible = shape.IsBidirectional ? present : Math.Clamp(position + 1 - block, 0, KeyBlock);
                    int hidden = Math.Clamp(shape.FirstKey(position) - block, 0, KeyBlock);
                    float* pRow = p + (i * KeyBlock), dsRow = ds + (i * KeyBlock);
                    if (shape.IsCapped)
                    {
                        shape.Cap(pRow, slopes);
                    }

                    Differentiate(pRow, dsRow, visible, row + i, h);
                    if (shape.IsCapped)
                    {
                        Multiply(dsRow, slopes);
                    }

                    new Span<float>(pRow, hidden).Clear();
                    new Span<float>(dsRow, hidden).Clear();
                }

                if (stored is null)
                {
                    AddToQueries(segment, h, tile, ds, keyRows, present);
                }

                SmallProduct.Run(dk.At(keyRow, keyColumn), dk.Stride, ds, 1, KeyBlock, queries, D, present, rows, D, accumulate: true);
                SmallProduct.Run(dv.At(keyRow, keyColumn), dv.Stride, p, 1, KeyBlock, gradients, D, present, rows, D, accumulate: true);
            }
        }
    }

    /// <summary>Copies the rows of a block of keys so that they follow each other.</summary>
    public int GatherKeys(float* keyRows, AttentionSegment segment, int head, int block)
    {
        int present = Math.Min(KeyBlock, segment.KeyCount - block);
        AttentionBlock.Gather(keyRows, k.At(segment.KeyStart + block, head * shape.HeadSize), k.Stride, present, shape.HeadSize);
        return present;
    }

    /// <summary>dq += dS k for a tile of queries of head h and a block of keys.</summary>
    public void AddToQueries(AttentionSegment segment, int h, int tile, float* ds, float* keyRows, int present)
    {
        int D = shape.HeadSize, rows = Math.Min(QueryTile, segment.QueryCount - tile);
        SmallProduct.Run(
            dq.At(segment.QueryStart + tile, h * D), dq.Stride, ds, KeyBlock, 1, keyRows, D, rows, present, D, accumulate: true);
    }

    /// <summary>Turns one row of scores into P and one row of dP into dS; both are 0 for keys that the query does not see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Differentiate(float* p, float* ds, int visible, int row, int h)
    {
        int D = shape.HeadSize;
        Vector512<float> mean = Vector512.Create(Reduce.Dot(dy.At(row, h * D), y.At(row, h * D), D));
        Vector512<float> scale = Vector512.Create(shape.Scale), down = Vector512.Create(*lse.At(row, h));
        Vector512<float> limit = Vector512.Create((float)visible);
        for (int j = 0; j < KeyBlock; j += Lanes.Width)
        {
            Vector512<float> seen = Vector512.LessThan(Vector512<float>.Indices + Vector512.Create((float)j), limit);
            Vector512<float> e = Exp.Of((Vector512.Load(p + j) * scale) - down);
            Vector512<float> d = e * (Vector512.Load(ds + j) - mean) * scale;
            Vector512.ConditionalSelect(seen, e, default).Store(p + j);
            Vector512.ConditionalSelect(seen, d, default).Store(ds + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(float* ds, float* slopes)
    {
        for (int j = 0; j < KeyBlock; j += Lanes.Width)
        {
            (Vector512.Load(ds + j) * Vector512.Load(slopes + j)).Store(ds + j);
        }
    }
}
