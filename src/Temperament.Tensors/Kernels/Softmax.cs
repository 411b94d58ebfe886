using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>Softmax of rows, y = e^(x - max) / sum e^(x - max), and its normaliser. A row with NaN, +infinity or no number above -infinity becomes NaN.</summary>
public static unsafe class Softmax
{
    private const int LeastChunks = 32;

    /// <summary>Softmax of every row.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, V) probabilities; may be <paramref name="x"/>.</param>
    /// <param name="x">(R, V) logits.</param>
    public static void Forward(ComputePool pool, Tensor y, Tensor x)
    {
        Chunks.ThrowIfNotShape(y, x.Rows, x.Columns);
        int rowsOfChunk = Chunks.RowsOf(x.Columns), chunks = Chunks.Count(x.Rows, rowsOfChunk);
        if (y.Data != x.Data && Streaming.Pays(2 * x.Count))
        {
            // Chunks of several rows, for the work on two neighbours overlaps.
            rowsOfChunk = Math.Clamp(x.Rows / LeastChunks, rowsOfChunk, 8 * rowsOfChunk);
            var job = new PastJob(new RowView(y), new RowView(x), pool.ThreadScratch(2L * PastJob.Padded(x.Columns)), rowsOfChunk);
            Chunks.RunOnThreads(pool, Chunks.Count(x.Rows, rowsOfChunk), x.Count, job);
        }
        else
        {
            Chunks.Run(pool, chunks, x.Count, new ForwardJob(new RowView(y), new RowView(x), rowsOfChunk));
        }

        y.KeepAlive();
        x.KeepAlive();
    }

    /// <summary>log sum e^x of every row.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="result">(1, R) output.</param>
    /// <param name="x">(R, V) logits.</param>
    public static void LogSumExp(ComputePool pool, Tensor result, Tensor x)
    {
        Chunks.ThrowIfNotShape(result, 1, x.Rows);
        var job = new LogSumExpJob(new RowView(result), new RowView(x), Chunks.RowsOf(x.Columns));

        Chunks.Run(pool, Chunks.Count(x.Rows, job.RowsOfChunk), x.Count, job);

        result.KeepAlive();
        x.KeepAlive();
    }

    /// <summary>y = e * factor, past the caches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScalePast(float* y, float* e, float factor, int count)
    {
        Vector512<float> scale = Vector512.Create(factor);
        int head = Streaming.Head(y, count), i = head;
        for (; i + Lanes.Width <= count; i += Lanes.Width)
        {
            (Vector512.Load(e + i) * scale).StoreAlignedNonTemporal(y + i);
        }

        ScalePart(y, e, factor, head);
        ScalePart(y + i, e + i, factor, count - i);
    }

    private static void ScalePart(float* y, float* e, float factor, int count)
    {
        for (int i = 0; i < count; i += Lanes.Width)
        {
            Lanes.Store(Lanes.Load(e + i, count - i) * Vector512.Create(factor), y + i, count - i);
        }
    }

    private readonly struct ForwardJob(RowView y, RowView x, int rowsOfChunk) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int V = x.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r), xr = x.Row(r), next = x.Row(Math.Min(r + 1, x.Rows - 1));
                Elementwise.Scale(yr, 1 / Reduce.ExpSum(yr, xr, Reduce.Max(xr, V), V, next), V);
            }
        }
    }

    // The exponentials of a row wait in the caches until their sum is known. They leave while those of the next row are computed, so that
    // memory is read and written all the time.
    private readonly struct PastJob(RowView y, RowView x, ThreadScratch scratch, int rowsOfChunk) : IThreadJob
    {
        public static int Padded(int columns) => (columns + Reduce.Block - 1) & -Reduce.Block;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk, int thread)
        {
            int V = x.Columns;
            float* e = scratch[thread], old = e + Padded(V), waiting = null;
            float factor = 0;
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* xr = x.Row(r), next = x.Row(Math.Min(r + 1, x.Rows - 1));
                float max = Reduce.Max(xr, V), sum;
                if (waiting is not null && Streaming.Head(waiting, V) == 0)
                {
                    sum = ExpSum(e, xr, max, V, next, waiting, old, factor);
                }
                else
                {
                    sum = Reduce.ExpSum(e, xr, max, V, next);
                    ScalePast(waiting, old, factor, waiting is null ? 0 : V);
                }

                float* free = old;
                old = e;
                e = free;
                waiting = y.Row(r);
                factor = 1 / sum;
            }

            ScalePast(waiting, old, factor, waiting is null ? 0 : V);
            Streaming.Fence();
        }

        // e = e^(x - shift) and its sum, as Reduce.ExpSum; and y = old * factor, past the caches.
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float ExpSum(float* e, float* x, float shift, int count, float* next, float* y, float* old, float factor)
        {
            float* last = stackalloc float[Reduce.Block];
            int whole = count & -Reduce.Block;
            if (whole < count)
            {
                Lanes.Pad(last, x + whole, count - whole, Reduce.Block, float.NegativeInfinity);
                ScalePast(y + whole, old + whole, factor, count - whole);
            }

            Vector512<float> a = default, b = default, c = default, d = default, down = Vector512.Create(shift), scale = Vector512.Create(factor);
            for (int i = 0; i < count; i += Reduce.Block)
            {
                float* p = i < whole ? x + i : last;
                Streaming.PrefetchBlock(next + i);
                Vector512<float> e0 = Exp.Of(Vector512.Load(p) - down), e1 = Exp.Of(Vector512.Load(p + 16) - down);
                Vector512<float> e2 = Exp.Of(Vector512.Load(p + 32) - down), e3 = Exp.Of(Vector512.Load(p + 48) - down);
                e0.Store(e + i);
                e1.Store(e + i + 16);
                e2.Store(e + i + 32);
                e3.Store(e + i + 48);
                a += e0;
                b += e1;
                c += e2;
                d += e3;
                if (i < whole)
                {
                    (Vector512.Load(old + i) * scale).StoreAlignedNonTemporal(y + i);
                    (Vector512.Load(old + i + 16) * scale).StoreAlignedNonTemporal(y + i + 16);
                    (Vector512.Load(old + i + 32) * scale).StoreAlignedNonTemporal(y + i + 32);
                    (Vector512.Load(old + i + 48) * scale).StoreAlignedNonTemporal(y + i + 48);
                }
            }

            return Reduce.Fold((a + c) + (b + d));
        }
    }

    private readonly struct LogSumExpJob(RowView result, RowView x, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* xr = x.Row(r);
                float max = Reduce.Max(xr, x.Columns);
                *result.At(0, r) = (float)(max + Log.Of(Reduce.ExpSum(xr, max, x.Columns, x.Row(Math.Min(r + 1, x.Rows - 1)))));
            }
        }
    }
}
