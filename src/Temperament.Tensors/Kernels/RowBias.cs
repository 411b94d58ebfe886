using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>One row that is added to every row: y += bias.</summary>
public static unsafe class RowBias
{
    private const int ColumnsOfChunk = 64;

    /// <summary>Adds the bias.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, N) accumulated.</param>
    /// <param name="bias">(1, N) bias.</param>
    public static void Forward(ComputePool pool, Tensor y, Tensor bias)
    {
        Chunks.ThrowIfNotShape(bias, 1, y.Columns);
        int rowsOfChunk = Chunks.RowsOf(y.Columns);

        Chunks.Run(pool, Chunks.Count(y.Rows, rowsOfChunk), y.Count, new ForwardJob(new RowView(y), new RowView(bias), rowsOfChunk));

        y.KeepAlive();
        bias.KeepAlive();
    }

    /// <summary>Adds the sum of all rows to the gradient of the bias, rows in ascending order.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dbias">(1, N) gradient of the bias, accumulated.</param>
    /// <param name="dy">(R, N) gradient of the output.</param>
    public static void Backward(ComputePool pool, Tensor dbias, Tensor dy)
    {
        Chunks.ThrowIfNotShape(dbias, 1, dy.Columns);

        Chunks.Run(pool, Chunks.Count(dy.Columns, ColumnsOfChunk), dy.Count, new BackwardJob(new RowView(dbias), new RowView(dy)));

        dbias.KeepAlive();
        dy.KeepAlive();
    }

    private readonly struct ForwardJob(RowView y, RowView bias, int rowsOfChunk) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int N = y.Columns;
            float* b = bias.Row(0);
            for (int r = chunk * rowsOfChunk; r < Math.Min(y.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r);
                for (int n = 0; n < N; n += Lanes.Width)
                {
                    Lanes.Store(Lanes.Load(yr + n, N - n) + Lanes.Load(b + n, N - n), yr + n, N - n);
                }
            }
        }
    }

    private readonly struct BackwardJob(RowView dbias, RowView dy) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int end = Math.Min(dy.Columns, (chunk + 1) * ColumnsOfChunk);
            for (int n = chunk * ColumnsOfChunk; n < end; n += Lanes.Width)
            {
                Vector512<float> sum = Lanes.Load(dbias.At(0, n), end - n);
                for (int r = 0; r < dy.Rows; r++)
                {
                    sum += Lanes.Load(dy.At(r, n), end - n);
                }

                Lanes.Store(sum, dbias.At(0, n), end - n);
            }
        }
    }
}
