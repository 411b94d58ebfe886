using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Attention of each query with the keys of its own sequence: y = softmax(scale * q k^T) v, causal unless a variant says otherwise, with
/// groups of query heads that share a key-value head. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; groups: Ainslie et al. 2023, https://arxiv.org/abs/2305.13245.
/// </summary>
/// <remarks>
/// Keys are met in blocks of 64 counted from the first key of the segment, with a running maximum and sum (Milakov and Gimelshein 2018,
/// https://arxiv.org/abs/1805.02867), so the scores are never stored. Scores and outputs are single chains of fused multiply-adds. The
/// result of a query therefore has the same bits alone with a cache, as part of a prefill, and beside any other sequences.
/// </remarks>
public static unsafe class Attention
{
    /// <summary>Attends.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, H*D) output. Not <paramref name="q"/>.</param>
    /// <param name="lse">(R, H) log of the sum of e^score, kept for <see cref="Backward"/>; empty where it is not needed.</param>
    /// <param name="q">(R, H*D) queries.</param>
    /// <param name="k">(Rk, K*D) keys.</param>
    /// <param name="v">(Rk, K*D) values.</param>
    /// <param name="segments">The sequences. Rows of <paramref name="y"/> in no segment are left as they are.</param>
    /// <param name="heads">H.</param>
    /// <param name="keyValueHeads">K, a divisor of H.</param>
    /// <param name="scale">Factor of the scores, usually 1/sqrt(D).</param>
    /// <param name="variant">Window, soft cap and direction; by default none.</param>
    public static void Forward(
        ComputePool pool,
        Tensor y,
        Tensor lse,
        Tensor q,
        Tensor k,
        Tensor v,
        ReadOnlySpan<AttentionSegment> segments,
        int heads,
        int keyValueHeads,
        float scale,
        AttentionVariant variant = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        AttentionShape.Check(q, k, v, segments, heads, keyValueHeads, variant);
        Chunks.ThrowIfNotShape(y, q.Rows, q.Columns);
        if (!lse.IsEmpty)
        {
            Chunks.ThrowIfNotShape(lse, q.Rows, heads);
        }

        fixed (AttentionSegment* parts = segments)
        {
            var shape = new AttentionShape(q, parts, segments.Length, heads, keyValueHeads, scale, variant);
            ThreadScratch scratch = pool.ThreadScratch(AttentionForward.ScratchFloats(shape));
            var job = new AttentionForward(shape, scratch, new RowView(y), new RowView(lse), new RowView(q), new RowView(k), new RowView(v));
            Chunks.RunOnThreads(pool, shape.Tiles * keyValueHeads, shape.Work, job);
        }

        y.KeepAlive();
        lse.KeepAlive();
        q.KeepAlive();
        k.KeepAlive();
        v.KeepAlive();
    }

    /// <summary>Adds the gradients of <see cref="Forward"/>. Segments must not share keys: each row of dk and dv has one owner.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dq">(R, H*D) gradient of the queries, accumulated.</param>
    /// <param name="dk">(Rk, K*D) gradient of the keys, accumulated.</param>
    /// <param name="dv">(Rk, K*D) gradient of the values, accumulated.</param>
    /// <param name="dy">(R, H*D) gradient of the output.</param>
    /// <param name="y">(R, H*D) output of the forward pass.</param>
    /// <param name="q">(R, H*D) queries.</param>
    /// <param name="k">(Rk, K*D) keys.</param>
    /// <param name="v">(Rk, K*D) values.</param>
    /// <param name="lse">(R, H) from the forward pass.</param>
    /// <param name="segments">The sequences.</param>
    /// <param name="heads">H.</param>
    /// <param name="keyValueHeads">K.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="variant">That of the forward pass.</param>
    public static void Backward(
        ComputePool pool,
        Tensor dq,
        Tensor dk,
        Tensor dv,
        Tensor dy,
        Tensor y,
        Tensor q,
        Tensor k,
        Tensor v,
        Tensor lse,
        ReadOnlySpan<AttentionSegment> segments,
        int heads,
        int keyValueHeads,
        float scale,
        AttentionVariant variant = default)
    {
        AttentionShape.Check(q, k, v, segments, heads, keyValueHeads, variant);
        Chunks.ThrowIfNotShape(dq, q.Rows, q.Columns);
        Chunks.ThrowIfNotShape(dy, q.Rows, q.Columns);
        Chunks.ThrowIfNotShape(y, q.Rows, q.Columns);
        Chunks.ThrowIfNotShape(dk, k.Rows, k.Columns);
        Chunks.ThrowIfNotShape(dv, k.Rows, k.Columns);
        Chunks.ThrowIfNotShape(lse, q.Rows, heads);
        fixed (AttentionSegment* parts = segments)
        {
            var shape = new AttentionShape(q, parts, segments.Length, heads, keyValueHeads, scale, variant);
            var job = new AttentionBackward(
                shape,
                new RowView(dq),
                new RowView(dk),
                new RowView(dv),
                new RowView(dy),
                new RowView(y),
                new RowView(q),
                new RowView(k),
                new RowView(v),
                new RowView(lse));
            if (shape.IsLopsided)
            {
                RunInWaves(pool, shape, job);
            }
            else
            {
                Chunks.Run(pool, segments.Length * keyValueHeads, shape.Work, job);
            }
        }

        dq.KeepAlive();
        dk.KeepAlive();
        dv.KeepAlive();
        dy.KeepAlive();
        y.KeepAlive();
        q.KeepAlive();
        k.KeepAlive();
        v.KeepAlive();
        lse.KeepAlive();
    }

    private static void RunInWaves(ComputePool pool, AttentionShape shape, AttentionBackward job)
    {
        int size = AttentionWave.BlocksOf(shape), end = AttentionWave.MostBlocks(shape);
        float* stored = pool.SharedScratch(size * AttentionWave.FloatsOfBlock(shape));
        for (int first = 0; first < end; first += size)
        {
            var wave = new AttentionWave(shape, stored, first, Math.Min(size, end - first));
            var keys = new AttentionKeyGradients(job, wave);
            var queries = new AttentionQueryGradients(job, wave);
            Chunks.Run(pool, keys.Count, shape.Work, keys);
            Chunks.Run(pool, queries.Count, shape.Work, queries);
        }
    }
}
