using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// One chunk is a tile of queries of one segment with all query heads of one key-value head, so a block of keys is transposed once for
/// the whole group. Within a block, strips of eight queries go through scores, softmax and values while they are in the first cache.
/// </summary>
/// <remarks>
/// Scratch of a thread, in this order: the block of keys (D, 64), its values (64, D), the queries of the tile (group, rows, D), what was
/// summed for them (group, rows, D), the scores of a strip (8, 64), maxima and sums (group, rows).
/// </remarks>
internal readonly unsafe struct AttentionForward(
    AttentionShape shape, ThreadScratch scratch, RowView y, RowView lse, RowView q, RowView k, RowView v) : IThreadJob
{
    private const int KeyBlock = AttentionShape.KeyBlock;
    private const int Strip = 8;

    // With fewer rows a value is read about as often as it would be copied, and memory, not the multipliers, sets the pace.
    private const int WorthGathering = 4;

    /// <summary>Scratch that a thread needs.</summary>
    public static long ScratchFloats(AttentionShape shape) =>
        (2L * shape.HeadSize * KeyBlock) + ((long)shape.Group * shape.TileRows * ((2 * shape.HeadSize) + 2)) + (Strip * KeyBlock);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk, int thread)
    {
        int D = shape.HeadSize, group = shape.Group, head = chunk % shape.KeyValueHeads, number = chunk / shape.KeyValueHeads;
        AttentionSegment segment = shape.FindTile(ref number);
        int first = number * shape.TileRows, rows = Math.Min(shape.TileRows, segment.QueryCount - first), past = segment.Past + first;
        float* keys = scratch[thread], gathered = keys + (D * KeyBlock), queries = gathered + (D * KeyBlock);
        var tile = new Tile(queries, queries + ((long)group * rows * D), gathered + (D * KeyBlock) + (2L * group * rows * D), group, rows, past, D);
        for (int g = 0; g < group; g++)
        {
            AttentionBlock.Gather(queries + ((long)g * rows * D), q.At(segment.QueryStart + first, ((head * group) + g) * D), q.Stride, rows, D);
        }

        new Span<float>(tile.Maxima, group * rows).Fill(float.NegativeInfinity);
        new Span<float>(tile.Totals, group * rows).Clear();
        int reach = shape.IsBidirectional ? segment.KeyCount : past + rows, lastFirst = shape.FirstKey(past + rows - 1);
        bool few = group * rows < WorthGathering;
        for (int block = shape.FirstKey(past) / KeyBlock * KeyBlock; block < reach; block += KeyBlock)
        {
            int present = Math.Min(KeyBlock, reach - block);
            float* keyRows = k.At(segment.KeyStart + block, head * D), values = v.At(segment.KeyStart + block, head * D);
            if (rows < WorthGathering)
            {
                AttentionBlock.Prefetch(values, v.Stride, present, D);
            }

            AttentionBlock.Transpose(keys, keyRows, k.Stride, present, D);
            if (rows < WorthGathering)
            {
                AttentionBlock.Prefetch(keyRows + ((long)KeyBlock * k.Stride), k.Stride, Math.Min(KeyBlock, reach - block - KeyBlock), D);
            }

            int valueRow = v.Stride;
            if (!few)
            {
                AttentionBlock.Gather(gathered, values, v.Stride, present, D);
                values = gathered;
                valueRow = D;
            }

            var met = new Block(keys, values, valueRow, block, present, lastFirst > 0 && lastFirst >= block);
            Attend(tile, met);
        }

        Finish(segment.QueryStart + first, head * group, tile);
    }

    /// <summary>All queries of a tile with a block of keys. Few queries of several heads share a strip; else a strip is of one head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Attend(in Tile tile, in Block block)
    {
        // Rows before this one see no key of the block.
        int start = shape.IsBidirectional ? 0 : Math.Max(0, block.First - tile.Past);
        if (tile.Rows < Strip && start == 0)
        {
            for (int m = 0; m < tile.Group * tile.Rows; m += Strip)
            {
                Attend(tile, block, m, Math.Min(Strip, (tile.Group * tile.Rows) - m));
            }

            return;
        }

        for (int g = 0; g < tile.Group; g++)
        {
            for (int i = start; i < tile.Rows; i += Strip)
            {
                Attend(tile, block, (g * tile.Rows) + i, Math.Min(Strip, tile.Rows - i));
            }
        }
    }

    /// <summary>A strip of up to eight queries, rows m to m + count - 1 of the tile.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Attend(in Tile tile, in Block block, int m, int count)
    {
        int D = tile.D, most = 0;
        int* visible = stackalloc int[Strip];
        for (int r = 0; r < count; r++)
        {
            visible[r] = Math.Min(block.Present, shape.IsBidirectional ? KeyBlock : tile.Past + ((m + r) % tile.Rows) + 1 - block.First);
            most = Math.Max(most, visible[r]);
        }

        int columns = Math.Min(KeyBlock, (most + 31) & -32);
        SmallProduct.Run(tile.Scores, KeyBlock, tile.Queries + ((long)m * D), D, 1, block.Keys, KeyBlock, count, D, columns, accumulate: false);
        for (int r = 0; shape.IsCapped && r < count; r++)
        {
            shape.Cap(tile.Scores + (r * KeyBlock), null);
        }

        if (block.IsEdge)
        {
            AttendEdge(tile, block, m, count);
            return;
        }

        Normalise(tile, m, count, visible, block.First > 0);
        AddValues(tile, block, m, count, visible, block.First > 0);
    }

    /// <summary>A block in which the window of some row begins: row by row, over just the keys that the row sees.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AttendEdge(in Tile tile, in Block block, int m, int count)
    {
        for (int r = 0; r < count; r++)
        {
            int position = tile.Past + ((m + r) % tile.Rows), first = shape.FirstKey(position);
            int from = Math.Max(0, first - block.First), to = Math.Min(KeyBlock, position + 1 - block.First);
            if (from >= to)
            {
                continue;
            }

            float* weights = tile.Scores + (r * KeyBlock), output = tile.Outputs + ((long)(m + r) * tile.D);
            new Span<float>(weights, from).Fill(float.NegativeInfinity);
            if (r > 0)
            {
                new Span<float>(weights, KeyBlock).CopyTo(new Span<float>(tile.Scores, KeyBlock));
            }

            Normalise(tile, m + r, 1, &to, first < block.First);
            SmallProduct.Run(
                output, tile.D, tile.Scores + from, KeyBlock, 1, block.Values + ((long)from * block.ValueRow), block.ValueRow, 1, to - from, tile.D, first < block.First);
        }
    }

    /// <summary>Turns the scores of a strip into e^(scale * score - maximum) and scales down what was summed under a smaller maximum.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalise(in Tile tile, int m, int count, int* visible, bool started)
    {
        float* maxima = tile.Maxima + m, totals = tile.Totals + m, largest = stackalloc float[Strip];
        Largest(tile.Scores, count, visible, shape.Scale, maxima, largest);
        for (int r = 0; started && r < count; r++)
        {
            if (largest[r] != maxima[r])
            {
                float shrink = Exp.Of(maxima[r] - largest[r]);
                totals[r] *= shrink;
                Elementwise.Scale(tile.Outputs + ((long)(m + r) * tile.D), shrink, tile.D);
            }
        }

        Exponentials(tile.Scores, count, largest, totals, maxima);
    }

    // The rows of a strip do not wait for each other, so the processor overlaps their long chains; calls in the loops would end that.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Largest(float* scores, int count, int* visible, float factor, float* maxima, float* largest)
    {
        Vector512<float> scale = Vector512.Create(factor), hidden = Vector512.Create(float.NegativeInfinity), lane = Vector512<float>.Indices;
        for (int r = 0; r < count; r++, scores += KeyBlock)
        {
            Vector512<float> limit = Vector512.Create((float)visible[r]);
            Vector512<float> s0 = Visible(Vector512.Load(scores) * scale, lane, limit, hidden);
            Vector512<float> s1 = Visible(Vector512.Load(scores + 16) * scale, lane + Vector512.Create(16f), limit, hidden);
            Vector512<float> s2 = Visible(Vector512.Load(scores + 32) * scale, lane + Vector512.Create(32f), limit, hidden);
            Vector512<float> s3 = Visible(Vector512.Load(scores + 48) * scale, lane + Vector512.Create(48f), limit, hidden);
            s0.Store(scores);
            s1.Store(scores + 16);
            s2.Store(scores + 32);
            s3.Store(scores + 48);
            largest[r] = Math.Max(maxima[r], Lanes.Max(Lanes.Max(Lanes.Max(s0, s1), Lanes.Max(s2, s3))));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Exponentials(float* scores, int count, float* largest, float* totals, float* maxima)
    {
        for (int r = 0; r < count; r++, scores += KeyBlock)
        {
            Vector512<float> down = Vector512.Create(largest[r]);
            Vector512<float> e0 = Exp.Of(Vector512.Load(scores) - down), e1 = Exp.Of(Vector512.Load(scores + 16) - down);
            Vector512<float> e2 = Exp.Of(Vector512.Load(scores + 32) - down), e3 = Exp.Of(Vector512.Load(scores + 48) - down);
            e0.Store(scores);
            e1.Store(scores + 16);
            e2.Store(scores + 32);
            e3.Store(scores + 48);
            totals[r] += Reduce.Fold((e0 + e2) + (e1 + e3));
            maxima[r] = largest[r];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Visible(Vector512<float> score, Vector512<float> key, Vector512<float> limit, Vector512<float> hidden) =>
        Vector512.ConditionalSelect(Vector512.LessThan(key, limit), score, hidden);

    /// <summary>
    /// output += weights * values. Rows run together over the keys that all of them see, then in halves over what both rows or four rows
    /// of a half see beyond that, so a value is never read by a query that must not see it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddValues(in Tile tile, in Block block, int m, int count, int* visible, bool accumulate)
    {
        int D = tile.D, common = visible[0];
        for (int r = 1; r < count; r++)
        {
            common = Math.Min(common, visible[r]);
        }

        float* output = tile.Outputs + ((long)m * D);
        SmallProduct.Run(output, D, tile.Scores, KeyBlock, 1, block.Values, block.ValueRow, count, common, D, accumulate);
        AddRest(tile, block, output, 0, count, visible, common);
    }

    // Rows r to r + count - 1 have met the first keys, "done" of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRest(in Tile tile, in Block block, float* output, int r, int count, int* visible, int done)
    {
        int D = tile.D, least = visible[r], most = visible[r];
        for (int i = r + 1; i < r + count; i++)
        {
            least = Math.Min(least, visible[i]);
            most = Math.Max(most, visible[i]);
        }

        if (least > done)
        {
            SmallProduct.Run(
                output + ((long)r * D), D, tile.Scores + (r * KeyBlock) + done, KeyBlock, 1, block.Values + ((long)done * block.ValueRow), block.ValueRow, count, least - done, D, accumulate: true);
        }

        if (most > least)
        {
            AddRest(tile, block, output, r, count / 2, visible, least);
            AddRest(tile, block, output, r + (count / 2), count - (count / 2), visible, least);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(int row, int firstHead, in Tile tile)
    {
        for (int m = 0; m < tile.Group * tile.Rows; m++)
        {
            int h = firstHead + (m / tile.Rows), i = row + (m % tile.Rows);
            float sum = tile.Totals[m];
            Elementwise.Scale(y.At(i, h * tile.D), tile.Outputs + ((long)m * tile.D), 1 / sum, tile.D);
            if (!lse.IsEmpty)
            {
                *lse.At(i, h) = (float)(tile.Maxima[m] + Log.Of(sum));
            }
        }
    }

    /// <summary>The queries of a chunk, head after head, with what they have gathered so far.</summary>
    private readonly struct Tile(float* queries, float* outputs, float* rest, int group, int rows, int past, int headSize)
    {
        public readonly float* Queries = queries;
        public readonly float* Outputs = outputs;
        public readonly float* Scores = rest;
        public readonly float* Maxima = rest + (Strip * KeyBlock);
        public readonly float* Totals = rest + (Strip * KeyBlock) + (group * rows);
        public readonly int Group = group;
        public readonly int Rows = rows;
        public readonly int Past = past;
        public readonly int D = headSize;
    }

    /// <summary>A block of keys, counted from the first key of the segment, with its values.</summary>
    private readonly struct Block(float* keys, float* values, int valueRow, int first, int present, bool edge)
    {
        public readonly float* Keys = keys;
        public readonly float* Values = values;
        public readonly int ValueRow = valueRow;
        public readonly int First = first;
        public readonly int Present = present;
        public readonly bool IsEdge = edge;
    }
}
