using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>Softmax of rows, y = e^(x - max) / sum e^(x - max), and its normaliser. A row with NaN, +infinity or no number above -infinity becomes NaN.</summary>
public static unsafe class Softmax
{
    /// <summary>Softmax of every row.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, V) probabilities; may be <paramref name="x"/>.</param>
    /// <param name="x">(R, V) logits.</param>
    public static void Forward(ComputePool pool, Tensor y, Tensor x)
    {
        Chunks.ThrowIfNotShape(y, x.Rows, x.Columns);
        bool past = y.Data != x.Data && Streaming.Pays(2 * x.Count);
        var job = new ForwardJob(new RowView(y), new RowView(x), past, Chunks.RowsOf(x.Columns));

        Chunks.Run(pool, Chunks.Count(x.Rows, job.RowsOfChunk), x.Count, job);

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

    /// <summary>
    /// y = e^(x - shift) * factor, past the caches. Where y would come from memory to be overwritten, a second exponential is cheaper
    /// than to keep the first one in it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaledExp(float* y, float* x, float shift, float factor, int count)
    {
        Vector512<float> down = Vector512.Create(shift), scale = Vector512.Create(factor);
        int i = Streaming.Head(y, count);
        for (; i + Lanes.Width <= count; i += Lanes.Width)
        {
            (Exp.Of(Vector512.Load(x + i) - down) * scale).StoreAlignedNonTemporal(y + i);
        }

        int head = Streaming.Head(y, count);
        ScaledExpPart(y, x, shift, factor, head);
        ScaledExpPart(y + i, x + i, shift, factor, count - i);
    }

    private static void ScaledExpPart(float* y, float* x, float shift, float factor, int count)
    {
        for (int i = 0; i < count; i += Lanes.Width)
        {
            Lanes.Store(Exp.Of(Lanes.Load(x + i, count - i) - Vector512.Create(shift)) * Vector512.Create(factor), y + i, count - i);
        }
    }

    private readonly struct ForwardJob(RowView y, RowView x, bool past, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int V = x.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r), xr = x.Row(r), next = x.Row(Math.Min(r + 1, x.Rows - 1));
                float max = Reduce.Max(xr, V);
                if (past)
                {
                    ScaledExp(yr, xr, max, 1 / Reduce.ExpSum(xr, max, V, next), V);
                    continue;
                }

                Elementwise.Scale(yr, 1 / Reduce.ExpSum(yr, xr, max, V, next), V);
            }

            if (past)
            {
                Streaming.Fence();
            }
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
