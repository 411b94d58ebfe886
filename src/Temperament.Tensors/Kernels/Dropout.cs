using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Dropout: an element is kept with probability 1 - rate and then divided by it, else 0. The mask is a function of (key, row, column)
/// alone, so the same call on gradients is the backward pass. Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html.
/// </summary>
public static unsafe class Dropout
{
    /// <summary>Drops elements of <paramref name="x"/>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, C) output; may be <paramref name="x"/>.</param>
    /// <param name="x">(R, C) input, or gradients of the output.</param>
    /// <param name="rate">Probability that an element is dropped, 0 to below 1.</param>
    /// <param name="key">Key of the mask.</param>
    /// <param name="firstRow">Number of the first row within the mask, so that a part of a batch has the mask of the whole.</param>
    public static void Apply(ComputePool pool, Tensor y, Tensor x, float rate, ulong key, long firstRow)
    {
        Chunks.ThrowIfNotShape(y, x.Rows, x.Columns);
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1);
        var job = new Job(new RowView(y), new RowView(x), (uint)(rate * 4294967296.0), 1 / (1 - rate), key, firstRow, Chunks.RowsOf(x.Columns));

        Chunks.Run(pool, Chunks.Count(x.Rows, job.RowsOfChunk), x.Count, job);

        y.KeepAlive();
        x.KeepAlive();
    }

    /// <summary>Drops the elements of <paramref name="x"/> that a given mask names: y = x * keep / (1 - rate).</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, C) output; may be <paramref name="x"/>.</param>
    /// <param name="x">(R, C) input, or gradients of the output.</param>
    /// <param name="keep">(R, C) 1 where an element is kept, 0 where it is dropped.</param>
    /// <param name="rate">Probability that the mask was drawn with.</param>
    public static void Apply(ComputePool pool, Tensor y, Tensor x, Tensor keep, float rate)
    {
        Chunks.ThrowIfNotShape(y, x.Rows, x.Columns);
        Chunks.ThrowIfNotShape(keep, x.Rows, x.Columns);
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1);
        var job = new GivenJob(new RowView(y), new RowView(x), new RowView(keep), 1 / (1 - rate), Chunks.RowsOf(x.Columns));

        Chunks.Run(pool, Chunks.Count(x.Rows, job.RowsOfChunk), x.Count, job);

        y.KeepAlive();
        x.KeepAlive();
        keep.KeepAlive();
    }

    private readonly struct GivenJob(RowView y, RowView x, RowView keep, float factor, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        public void Run(int chunk)
        {
            int C = x.Columns;
            Vector512<float> scale = Vector512.Create(factor);
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r), xr = x.Row(r), kr = keep.Row(r);
                for (int c = 0; c < C; c += Lanes.Width)
                {
                    Lanes.Store(Lanes.Load(xr + c, C - c) * Lanes.Load(kr + c, C - c) * scale, yr + c, C - c);
                }
            }
        }
    }

    private readonly struct Job(RowView y, RowView x, uint threshold, float factor, ulong key, long firstRow, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int C = x.Columns;
            uint* words = stackalloc uint[2 * Lanes.Width];
            Vector512<uint> least = Vector512.Create(threshold);
            Vector512<float> scale = Vector512.Create(factor);
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r), xr = x.Row(r);
                for (int c = 0; c < C; c += Lanes.Width)
                {
                    int half = c % (2 * Lanes.Width);
                    if (half == 0)
                    {
                        Philox.EightBlocks(key, (ulong)(firstRow + r), (ulong)c / 4, words);
                    }

                    Vector512<float> kept = Vector512.GreaterThanOrEqual(Vector512.Load(words + half), least).AsSingle();
                    Lanes.Store(kept & (Lanes.Load(xr + c, C - c) * scale), yr + c, C - c);
                }
            }
        }
    }
}
