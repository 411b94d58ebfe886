using System.Runtime.CompilerServices;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>Softmax of rows, y = e^(x - max) / sum e^(x - max), and its normaliser.</summary>
public static unsafe class Softmax
{
    /// <summary>Softmax of every row.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, V) probabilities; may be <paramref name="x"/>.</param>
    /// <param name="x">(R, V) logits.</param>
    public static void Forward(ComputePool pool, Tensor y, Tensor x)
    {
        Chunks.ThrowIfNotShape(y, x.Rows, x.Columns);
        var job = new ForwardJob(new RowView(y), new RowView(x), Chunks.RowsOf(x.Columns));

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

    private readonly struct ForwardJob(RowView y, RowView x, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int V = x.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r);
                float sum = Reduce.ExpSum(yr, x.Row(r), Reduce.Max(x.Row(r), V), V);
                Elementwise.Scale(yr, 1 / sum, V);
            }
        }
    }

    private readonly struct LogSumExpJob(RowView result, RowView x, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        public void Run(int chunk)
        {
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float max = Reduce.Max(x.Row(r), x.Columns);
                *result.At(0, r) = (float)(max + Log.Of(Reduce.ExpSum(x.Row(r), max, x.Columns)));
            }
        }
    }
}
