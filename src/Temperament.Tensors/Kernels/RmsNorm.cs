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
    private const int ColumnsOfChunk = 64;

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
        var job = new ForwardJob(new RowView(y), new RowView(rstd), new RowView(x), new RowView(weight), eps, Chunks.RowsOf(x.Columns));

        Chunks.Run(pool, Chunks.Count(x.Rows, job.RowsOfChunk), x.Count, job);

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
        var job = new InputJob(
            new RowView(dx), new RowView(dy), new RowView(x), new RowView(weight), new RowView(rstd), Chunks.RowsOf(x.Columns));
        Chunks.Run(pool, Chunks.Count(x.Rows, job.RowsOfChunk), x.Count, job);
        if (!dweight.IsEmpty)
        {
            Chunks.ThrowIfNotShape(dweight, 1, x.Columns);
            var weightJob = new WeightJob(new RowView(dweight), new RowView(dy), new RowView(x), new RowView(rstd));
            Chunks.Run(pool, Chunks.Count(x.Columns, ColumnsOfChunk), x.Count, weightJob);
        }

        dx.KeepAlive();
        dweight.KeepAlive();
        dy.KeepAlive();
        x.KeepAlive();
        weight.KeepAlive();
        rstd.KeepAlive();
    }

    private readonly struct ForwardJob(RowView y, RowView rstd, RowView x, RowView weight, float eps, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int C = x.Columns;
            float* w = weight.Row(0);
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* xr = x.Row(r), yr = y.Row(r);
                float reciprocal = 1 / MathF.Sqrt((Reduce.Dot(xr, xr, C) / C) + eps);
                *rstd.At(0, r) = reciprocal;
                Vector512<float> factor = Vector512.Create(reciprocal);
                for (int c = 0; c < C; c += Lanes.Width)
                {
                    Lanes.Store(Lanes.Load(xr + c, C - c) * factor * Lanes.Load(w + c, C - c), yr + c, C - c);
                }
            }
        }
    }

    // With n = x * rstd and dn = weight * dy:  dx = rstd * (dn - n * mean(dn * n)).
    private readonly struct InputJob(RowView dx, RowView dy, RowView x, RowView weight, RowView rstd, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int C = x.Columns;
            float* w = weight.Row(0);
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* xr = x.Row(r), dyr = dy.Row(r), dxr = dx.Row(r);
                float reciprocal = *rstd.At(0, r);
                Vector512<float> factor = Vector512.Create(reciprocal), mean = Vector512.Create(Mean(xr, dyr, w, C) * reciprocal);
                for (int c = 0; c < C; c += Lanes.Width)
                {
                    int left = C - c;
                    Vector512<float> n = Lanes.Load(xr + c, left) * factor;
                    Vector512<float> rest = Vector512.FusedMultiplyAdd(-n, mean, Lanes.Load(w + c, left) * Lanes.Load(dyr + c, left));
                    Lanes.Store(Vector512.FusedMultiplyAdd(factor, rest, Lanes.Load(dxr + c, left)), dxr + c, left);
                }
            }
        }

        // mean(weight * dy * x), lanes as in Reduce but sixteen of them.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float Mean(float* x, float* dy, float* w, int C)
        {
            Vector512<float> a = default, b = default;
            for (int c = 0; c < C; c += 2 * Lanes.Width)
            {
                a = Vector512.FusedMultiplyAdd(Lanes.Load(w + c, C - c) * Lanes.Load(dy + c, C - c), Lanes.Load(x + c, C - c), a);
                int d = c + Lanes.Width;
                if (d < C)
                {
                    b = Vector512.FusedMultiplyAdd(Lanes.Load(w + d, C - d) * Lanes.Load(dy + d, C - d), Lanes.Load(x + d, C - d), b);
                }
            }

            return Reduce.Fold(a + b) / C;
        }
    }

    // dweight = sum over rows of dy * n, rows in ascending order; a chunk owns 64 columns.
    private readonly struct WeightJob(RowView dweight, RowView dy, RowView x, RowView rstd) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int end = Math.Min(x.Columns, (chunk + 1) * ColumnsOfChunk);
            for (int c = chunk * ColumnsOfChunk; c < end; c += Lanes.Width)
            {
                Vector512<float> sum = Lanes.Load(dweight.At(0, c), end - c);
                for (int r = 0; r < x.Rows; r++)
                {
                    Vector512<float> n = Lanes.Load(x.At(r, c), end - c) * Vector512.Create(*rstd.At(0, r));
                    sum = Vector512.FusedMultiplyAdd(Lanes.Load(dy.At(r, c), end - c), n, sum);
                }

                Lanes.Store(sum, dweight.At(0, c), end - c);
            }
        }
    }
}
