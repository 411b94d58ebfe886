using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// One chunk is a tile of queries of one segment with all query heads of one key-value head, so a block of keys is transposed once for
/// the whole group. y itself holds the running sums.
/// </summary>
internal readonly unsafe struct AttentionForward(AttentionShape shape, RowView y, RowView lse, RowView q, RowView k, RowView v) : IParallelJob
{
    private const int KeyBlock = AttentionShape.KeyBlock;
    private const int QueryTile = AttentionShape.QueryTile;

    // With fewer rows a value is read about as often as it would be copied.
    private const int WorthGathering = 4;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Run(int chunk)
    {
        int D = shape.HeadSize, group = shape.Group, head = chunk % shape.KeyValueHeads, tile = chunk / shape.KeyValueHeads;
        AttentionSegment segment = shape.FindTile(ref tile);
        int first = tile * QueryTile, rows = Math.Min(QueryTile, segment.QueryCount - first), past = segment.Past + first;

        float* keys = stackalloc float[D * KeyBlock];
        float* gathered = stackalloc float[D * KeyBlock];
        float* scores = stackalloc float[QueryTile * KeyBlock];
        float* maxima = stackalloc float[group * QueryTile];
        float* sums = stackalloc float[group * QueryTile];
        new Span<float>(maxima, group * QueryTile).Fill(float.NegativeInfinity);
        new Span<float>(sums, group * QueryTile).Clear();

        int reach = shape.IsBidirectional ? segment.KeyCount : past + rows, lastFirst = shape.FirstKey(past + rows - 1);
        for (int block = shape.FirstKey(past) / KeyBlock * KeyBlock; block < reach; block += KeyBlock)
        {
            int present = Math.Min(KeyBlock, reach - block);
            shape.Transpose(keys, k.At(segment.KeyStart + block, head * D), k.Stride, present);
            float* values = v.At(segment.KeyStart + block, head * D);
            int valueRow = v.Stride;
            if (rows >= WorthGathering)
            {
                shape.Gather(gathered, values, v.Stride, present);
                values = gathered;
                valueRow = D;
            }

            // Rows before this one see no key of the block.
            int start = shape.IsBidirectional ? 0 : Math.Max(0, block - past);
            for (int g = 0; g < group; g++)
            {
                int column = ((head * group) + g) * D;
                float* queries = q.At(segment.QueryStart + first + start, column);
                SmallProduct.Run(scores + (start * KeyBlock), KeyBlock, queries, q.Stride, 1, keys, KeyBlock, rows - start, D, KeyBlock, accumulate: false);
                for (int i = start; shape.IsCapped && i < rows; i++)
                {
                    shape.Cap(scores + (i * KeyBlock), null);
                }

                if (lastFirst > 0 && lastFirst >= block)
                {
                    AttendEdge(
                        y.At(segment.QueryStart + first, column), scores, values, valueRow, start, rows, past, block, maxima + (g * QueryTile), sums + (g * QueryTile));
                    continue;
                }

                for (int i = start; i < rows; i++)
                {
                    float* output = y.At(segment.QueryStart + first + i, column);
                    int visible = Seen(past - block, i, present);
                    Normalise(scores + (i * KeyBlock), visible, maxima + (g * QueryTile) + i, sums + (g * QueryTile) + i, output, block > 0);
                }

                AddValues(y.At(segment.QueryStart + first, column), scores, values, valueRow, start, rows, past - block, present, block > 0);
            }
        }

        Finish(segment.QueryStart + first, rows, head * group, maxima, sums);
    }

    /// <summary>Keys of a block that a row sees, where no window hides any of them.</summary>
    /// <param name="past">Position of row 0, counted from the first key of the block.</param>
    /// <param name="i">Row of the tile.</param>
    /// <param name="present">Keys of the block that exist.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Seen(int past, int i, int present) => Math.Min(present, shape.IsBidirectional ? KeyBlock : past + i + 1);

    /// <summary>A block in which the window of some row begins: row by row, over just the keys that the row sees.</summary>
    private void AttendEdge(
        float* output, float* scores, float* values, int valueRow, int start, int rows, int past, int block, float* maxima, float* sums)
    {
        for (int i = start; i < rows; i++)
        {
            int first = shape.FirstKey(past + i), from = Math.Max(0, first - block), to = Math.Min(KeyBlock, past + i + 1 - block);
            if (from >= to)
            {
                return;
            }

            float* row = output + ((long)i * y.Stride), weights = scores + (i * KeyBlock);
            new Span<float>(weights, from).Fill(float.NegativeInfinity);
            Normalise(weights, to, maxima + i, sums + i, row, first < block);
            SmallProduct.Run(
                row, y.Stride, weights + from, KeyBlock, 1, values + ((long)from * valueRow), valueRow, 1, to - from, shape.HeadSize, first < block);
        }
    }

    /// <summary>Turns scores into e^(scale * score - maximum) and scales down what was summed under a smaller maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalise(float* scores, int visible, float* maximum, float* sum, float* output, bool started)
    {
        Vector512<float> scale = Vector512.Create(shape.Scale), hidden = Vector512.Create(float.NegativeInfinity);
        Vector512<float> limit = Vector512.Create((float)visible), lane = Vector512<float>.Indices;
        Vector512<float> s0 = Visible(Vector512.Load(scores) * scale, lane, limit, hidden);
        Vector512<float> s1 = Visible(Vector512.Load(scores + 16) * scale, lane + Vector512.Create(16f), limit, hidden);
        Vector512<float> s2 = Visible(Vector512.Load(scores + 32) * scale, lane + Vector512.Create(32f), limit, hidden);
        Vector512<float> s3 = Visible(Vector512.Load(scores + 48) * scale, lane + Vector512.Create(48f), limit, hidden);
        float old = *maximum;
        float largest = Math.Max(old, Lanes.Max(Lanes.Max(Lanes.Max(s0, s1), Lanes.Max(s2, s3))));

        Vector512<float> down = Vector512.Create(largest);
        Vector512<float> e0 = Exp.Of(s0 - down), e1 = Exp.Of(s1 - down), e2 = Exp.Of(s2 - down), e3 = Exp.Of(s3 - down);
        e0.Store(scores);
        e1.Store(scores + 16);
        e2.Store(scores + 32);
        e3.Store(scores + 48);
        float added = Reduce.Fold((e0 + e2) + (e1 + e3));
        if (started && largest != old)
        {
            float shrink = Exp.Of(old - largest);
            *sum *= shrink;
            Elementwise.Scale(output, shrink, shape.HeadSize);
        }

        *sum += added;
        *maximum = largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Visible(Vector512<float> score, Vector512<float> key, Vector512<float> limit, Vector512<float> hidden) =>
        Vector512.ConditionalSelect(Vector512.LessThan(key, limit), score, hidden);

    /// <summary>
    /// output += weights * values. Four rows run together over the keys that all of them see, and then each over the few that only it
    /// sees, so a value is never read by a query that must not see it.
    /// </summary>
    private void AddValues(float* output, float* weights, float* values, int valueRow, int start, int rows, int past, int present, bool accumulate)
    {
        int D = shape.HeadSize;
        for (int i = start; i < rows; i += 4)
        {
            int count = Math.Min(4, rows - i), common = Seen(past, i, present);
            SmallProduct.Run(output + ((long)i * y.Stride), y.Stride, weights + (i * KeyBlock), KeyBlock, 1, values, valueRow, count, common, D, accumulate);
            for (int r = i + 1; r < i + count; r++)
            {
                int rest = Seen(past, r, present) - common;
                if (rest > 0)
                {
                    SmallProduct.Run(
                        output + ((long)r * y.Stride), y.Stride, weights + (r * KeyBlock) + common, KeyBlock, 1, values + ((long)common * valueRow), valueRow, 1, rest, D, accumulate: true);
                }
            }
        }
    }

    private void Finish(int row, int rows, int firstHead, float* maxima, float* sums)
    {
        for (int g = 0; g < shape.Group; g++)
        {
            for (int i = 0; i < rows; i++)
            {
                float sum = sums[(g * QueryTile) + i];
                Elementwise.Scale(y.At(row + i, (firstHead + g) * shape.HeadSize), 1 / sum, shape.HeadSize);
                if (!lse.IsEmpty)
                {
                    *lse.At(row + i, firstHead + g) = (float)(maxima[(g * QueryTile) + i] + Log.Of(sum));
                }
            }
        }
    }
}
