using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Root mean square normalisation of rows: y = weight * x / sqrt(mean(x^2) + eps).
/// Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467.
/// </summary>
public static unsafe class RmsNorm
{
    // Two tensors of a block of rows stay in the caches between the gradient of the input and that of the scale.
    private const int FloatsOfBlock = 1 << 19;

    // Where results go past the caches, chunks of several rows: the work on two neighbours overlaps.
    private const int LeastChunks = 32, MostTimes = 8;

    /// <summary>Normalises every row.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, C) output. May be <paramref name="x"/>.</param>
    /// <param name="rstd">(1, R) reciprocal root mean square of each row, kept for <see cref="Backward"/>.</param>
    /// <param name="x">(R, C) input.</param>
    /// <param name="weight">(1, C) scale.</param>
    /// <param name="eps">Added to the mean square.</param>
    public static void Forward(ComputePool pool, Tensor y, Tensor rstd, Tensor x, Tensor weight, float eps)
    {
        Chunks.ThrowIfNotShape(y, x.Rows, x.Columns);
        Chunks.ThrowIfNotShape(rstd, 1, x.Rows);
        Chunks.ThrowIfNotShape(weight, 1, x.Columns);
        bool past = y.Data != x.Data && Streaming.Pays(2 * x.Count);
        int rowsOfChunk = Chunks.RowsOf(x.Columns);
        if (past)
        {
            rowsOfChunk = Math.Clamp(x.Rows / LeastChunks, rowsOfChunk, MostTimes * rowsOfChunk);
        }

        var job = new ForwardJob(new RowView(y), new RowView(rstd), new RowView(x), new RowView(weight), eps, past, rowsOfChunk);
        Chunks.Run(pool, Chunks.Count(x.Rows, rowsOfChunk), x.Count, job);

        y.KeepAlive();
        rstd.KeepAlive();
        x.KeepAlive();
        weight.KeepAlive();
    }

    /// <summary>Adds the gradients of <see cref="Forward"/>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dx">(R, C) gradient of the input, accumulated.</param>
    /// <param name="dweight">(1, C) gradient of the scale, accumulated; empty where the scale is frozen.</param>
    /// <param name="dy">(R, C) gradient of the output. Not <paramref name="dx"/>.</param>
    /// <param name="x">(R, C) input of the forward pass.</param>
    /// <param name="weight">(1, C) scale.</param>
    /// <param name="rstd">(1, R) from <see cref="Forward"/>.</param>
    public static void Backward(ComputePool pool, Tensor dx, Tensor dweight, Tensor dy, Tensor x, Tensor weight, Tensor rstd)
    {
        Chunks.ThrowIfNotShape(dx, x.Rows, x.Columns);
        Chunks.ThrowIfNotShape(dy, x.Rows, x.Columns);
        Chunks.ThrowIfNotShape(rstd, 1, x.Rows);
        Chunks.ThrowIfNotShape(weight, 1, x.Columns);
        if (!dweight.IsEmpty)
        {
            Chunks.ThrowIfNotShape(dweight, 1, x.Columns);
        }

        int block = dweight.IsEmpty ? x.Rows : Math.Max(1, FloatsOfBlock / Math.Max(1, x.Columns));
        for (int first = 0; first < x.Rows; first += block)
        {
            int rows = Math.Min(block, x.Rows - first);
            var input = new RmsNormInputs(
                new RowView(dx), new RowView(dy), new RowView(x), new RowView(weight), new RowView(rstd), first, first + rows, Chunks.RowsOf(x.Columns));
            Chunks.Run(pool, Chunks.Count(rows, input.RowsOfChunk), (long)rows * x.Columns, input);
            if (!dweight.IsEmpty)
            {
                var scale = new RmsNormScales(new RowView(dweight), new RowView(dy), new RowView(x), new RowView(rstd), first, first + rows);
                Chunks.Run(pool, Chunks.Count(x.Columns, RmsNormScales.ColumnsOfChunk), (long)rows * x.Columns, scale);
            }
        }

        dx.KeepAlive();
        dweight.KeepAlive();
        dy.KeepAlive();
        x.KeepAlive();
        weight.KeepAlive();
        rstd.KeepAlive();
    }

    private readonly struct ForwardJob(RowView y, RowView rstd, RowView x, RowView weight, float eps, bool past, int rowsOfChunk) : IParallelJob
    {
        // 4 KiB: far enough for memory to answer.
        private const int FloatsAhead = 1024;

        // Where results go past the caches, the squares of the next row are added while those of this one leave, so that memory is read and written all
        // the time.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int C = x.Columns, first = chunk * rowsOfChunk, end = Math.Min(x.Rows, first + rowsOfChunk);
            float* w = weight.Row(0);
            float squares = Reduce.Dot(x.Row(first), x.Row(first), C);
            for (int r = first; r < end; r++)
            {
                float* xr = x.Row(r), yr = y.Row(r), next = x.Row(Math.Min(r + 1, x.Rows - 1));
                float reciprocal = 1 / MathF.Sqrt((squares / C) + eps);
                *rstd.At(0, r) = reciprocal;
                int head = past ? Streaming.Head(yr, C) : 0, body = (C - head) & -Lanes.Width, rest = head + body;
                if (past && head == 0 && C % Reduce.Block == 0 && r + 1 < end)
                {
                    squares = BodyAndSquares(yr, xr, w, reciprocal, C, next);
                    continue;
                }

                Part(yr, xr, w, reciprocal, head);
                Body(yr + head, xr + head, w + head, reciprocal, body, next + head, past);
                Part(yr + rest, xr + rest, w + rest, reciprocal, C - rest);
                squares = r + 1 < end ? Reduce.Dot(next, next, C) : 0;
            }

            if (past)
            {
                Streaming.Fence();
            }
        }

        // Body past the caches, and Reduce.Dot(next, next).
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float BodyAndSquares(float* y, float* x, float* w, float reciprocal, int count, float* next)
        {
            Vector512<float> factor = Vector512.Create(reciprocal), s0 = default, s1 = default, s2 = default, s3 = default;
            for (int c = 0; c < count; c += Reduce.Block)
            {
                Streaming.PrefetchBlock(next + c + FloatsAhead);
                Vector512<float> n0 = Vector512.Load(next + c), n1 = Vector512.Load(next + c + 16);
                Vector512<float> n2 = Vector512.Load(next + c + 32), n3 = Vector512.Load(next + c + 48);
                s0 = Vector512.FusedMultiplyAdd(n0, n0, s0);
                s1 = Vector512.FusedMultiplyAdd(n1, n1, s1);
                s2 = Vector512.FusedMultiplyAdd(n2, n2, s2);
                s3 = Vector512.FusedMultiplyAdd(n3, n3, s3);
                (Vector512.Load(x + c) * factor * Vector512.Load(w + c)).StoreAlignedNonTemporal(y + c);
                (Vector512.Load(x + c + 16) * factor * Vector512.Load(w + c + 16)).StoreAlignedNonTemporal(y + c + 16);
                (Vector512.Load(x + c + 32) * factor * Vector512.Load(w + c + 32)).StoreAlignedNonTemporal(y + c + 32);
                (Vector512.Load(x + c + 48) * factor * Vector512.Load(w + c + 48)).StoreAlignedNonTemporal(y + c + 48);
            }

            return Reduce.Fold((s0 + s2) + (s1 + s3));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Body(float* y, float* x, float* w, float reciprocal, int count, float* next, bool past)
        {
            Vector512<float> factor = Vector512.Create(reciprocal);
            int c = 0;
            for (; c + Reduce.Block <= count; c += Reduce.Block)
            {
                Streaming.PrefetchBlock(next + c);
                Vector512<float> y0 = Vector512.Load(x + c) * factor * Vector512.Load(w + c);
                Vector512<float> y1 = Vector512.Load(x + c + 16) * factor * Vector512.Load(w + c + 16);
                Vector512<float> y2 = Vector512.Load(x + c + 32) * factor * Vector512.Load(w + c + 32);
                Vector512<float> y3 = Vector512.Load(x + c + 48) * factor * Vector512.Load(w + c + 48);
                Streaming.Store(y0, y + c, past);
                Streaming.Store(y1, y + c + 16, past);
                Streaming.Store(y2, y + c + 32, past);
                Streaming.Store(y3, y + c + 48, past);
            }

            for (; c < count; c += Lanes.Width)
            {
                Streaming.Store(Vector512.Load(x + c) * factor * Vector512.Load(w + c), y + c, past);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Part(float* y, float* x, float* w, float reciprocal, int count)
        {
            for (int c = 0; c < count; c += Lanes.Width)
            {
                Lanes.Store(Lanes.Load(x + c, count - c) * Vector512.Create(reciprocal) * Lanes.Load(w + c, count - c), y + c, count - c);
            }
        }
    }
}
