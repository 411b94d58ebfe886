using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Normalisation of rows to mean 0 and deviation 1: y = weight * (x - mean) / sqrt(variance + eps) + bias.
/// Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450.
/// </summary>
public static unsafe class LayerNorm
{
    private const int ColumnsOfChunk = 64;

    /// <summary>Normalises every row.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, C) output. May be <paramref name="x"/>.</param>
    /// <param name="moments">(2, R) mean and reciprocal deviation of each row, kept for <see cref="Backward"/>.</param>
    /// <param name="x">(R, C) input.</param>
    /// <param name="weight">(1, C) scale.</param>
    /// <param name="bias">(1, C) shift.</param>
    /// <param name="eps">Added to the variance.</param>
    public static void Forward(ComputePool pool, Tensor y, Tensor moments, Tensor x, Tensor weight, Tensor bias, float eps)
    {
        Chunks.ThrowIfNotShape(y, x.Rows, x.Columns);
        Chunks.ThrowIfNotShape(moments, 2, x.Rows);
        Chunks.ThrowIfNotShape(weight, 1, x.Columns);
        Chunks.ThrowIfNotShape(bias, 1, x.Columns);
        int rowsOfChunk = Chunks.RowsOf(x.Columns);
        var job = new ForwardJob(new RowView(y), new RowView(moments), new RowView(x), new RowView(weight), new RowView(bias), eps, rowsOfChunk);

        Chunks.Run(pool, Chunks.Count(x.Rows, rowsOfChunk), x.Count, job);

        y.KeepAlive();
        moments.KeepAlive();
        x.KeepAlive();
        weight.KeepAlive();
        bias.KeepAlive();
    }

    /// <summary>Adds the gradients of <see cref="Forward"/>.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dx">(R, C) gradient of the input, accumulated.</param>
    /// <param name="dweight">(1, C) gradient of the scale, accumulated; empty where it is frozen.</param>
    /// <param name="dbias">(1, C) gradient of the shift, accumulated; empty where it is frozen.</param>
    /// <param name="dy">(R, C) gradient of the output. Not <paramref name="dx"/>.</param>
    /// <param name="x">(R, C) input of the forward pass.</param>
    /// <param name="weight">(1, C) scale.</param>
    /// <param name="moments">(2, R) from <see cref="Forward"/>.</param>
    public static void Backward(
        ComputePool pool, Tensor dx, Tensor dweight, Tensor dbias, Tensor dy, Tensor x, Tensor weight, Tensor moments)
    {
        Chunks.ThrowIfNotShape(dx, x.Rows, x.Columns);
        Chunks.ThrowIfNotShape(dy, x.Rows, x.Columns);
        Chunks.ThrowIfNotShape(moments, 2, x.Rows);
        Chunks.ThrowIfNotShape(weight, 1, x.Columns);
        int rowsOfChunk = Chunks.RowsOf(x.Columns);
        var job = new InputJob(new RowView(dx), new RowView(dy), new RowView(x), new RowView(weight), new RowView(moments), rowsOfChunk);
        Chunks.Run(pool, Chunks.Count(x.Rows, rowsOfChunk), x.Count, job);
        if (!dweight.IsEmpty)
        {
            Chunks.ThrowIfNotShape(dweight, 1, x.Columns);
            var weightJob = new WeightJob(new RowView(dweight), new RowView(dy), new RowView(x), new RowView(moments));
            Chunks.Run(pool, Chunks.Count(x.Columns, ColumnsOfChunk), x.Count, weightJob);
        }

        if (!dbias.IsEmpty)
        {
            RowBias.Backward(pool, dbias, dy);
        }

        dx.KeepAlive();
        dweight.KeepAlive();
        dy.KeepAlive();
        x.KeepAlive();
        weight.KeepAlive();
        moments.KeepAlive();
    }

    private readonly struct ForwardJob(RowView y, RowView moments, RowView x, RowView weight, RowView bias, float eps, int rowsOfChunk) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int C = x.Columns;
            float* w = weight.Row(0), b = bias.Row(0);
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* xr = x.Row(r), yr = y.Row(r);
                float mean = Sum(xr, C) / C;
                float reciprocal = 1 / MathF.Sqrt((SumOfSquares(xr, mean, C) / C) + eps);
                *moments.At(0, r) = mean;
                *moments.At(1, r) = reciprocal;
                Vector512<float> down = Vector512.Create(mean), factor = Vector512.Create(reciprocal);
                for (int c = 0; c < C; c += Lanes.Width)
                {
                    int left = C - c;
                    Vector512<float> n = (Lanes.Load(xr + c, left) - down) * factor;
                    Lanes.Store(Vector512.FusedMultiplyAdd(n, Lanes.Load(w + c, left), Lanes.Load(b + c, left)), yr + c, left);
                }
            }
        }

        // Element c goes to lane c mod 16; the lanes are folded in halves.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float Sum(float* x, int C)
        {
            Vector512<float> sum = default;
            for (int c = 0; c < C; c += Lanes.Width)
            {
                sum += Lanes.Load(x + c, C - c);
            }

            return Reduce.Fold(sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static float SumOfSquares(float* x, float mean, int C)
        {
            Vector512<float> sum = default, down = Vector512.Create(mean);
            for (int c = 0; c < C; c += Lanes.Width)
            {
                // Lanes beyond the row hold the mean, so that they add nothing.
                Vector512<float> d = Lanes.Load(x + c, C - c, mean) - down;
                sum = Vector512.FusedMultiplyAdd(d, d, sum);
            }

            return Reduce.Fold(sum);
        }
    }

    // With n = (x - mean) * rstd and dn = weight * dy:  dx = rstd * (dn - mean(dn) - n * mean(dn * n)).
    private readonly struct InputJob(RowView dx, RowView dy, RowView x, RowView weight, RowView moments, int rowsOfChunk) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int C = x.Columns;
            float* w = weight.Row(0);
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* xr = x.Row(r), dyr = dy.Row(r), dxr = dx.Row(r);
                Vector512<float> down = Vector512.Create(*moments.At(0, r)), factor = Vector512.Create(*moments.At(1, r));
                Vector512<float> sum = default, product = default;
                for (int c = 0; c < C; c += Lanes.Width)
                {
                    int left = C - c;
                    Vector512<float> dn = Lanes.Load(w + c, left) * Lanes.Load(dyr + c, left);
                    sum += dn;
                    product = Vector512.FusedMultiplyAdd(dn, (Lanes.Load(xr + c, left) - down) * factor, product);
                }

                Vector512<float> mean = Vector512.Create(Reduce.Fold(sum) / C), slope = Vector512.Create(Reduce.Fold(product) / C);
                for (int c = 0; c < C; c += Lanes.Width)
                {
                    int left = C - c;
                    Vector512<float> n = (Lanes.Load(xr + c, left) - down) * factor;
                    Vector512<float> dn = Lanes.Load(w + c, left) * Lanes.Load(dyr + c, left);
                    Vector512<float> rest = Vector512.FusedMultiplyAdd(-n, slope, dn - mean);
                    Lanes.Store(Vector512.FusedMultiplyAdd(factor, rest, Lanes.Load(dxr + c, left)), dxr + c, left);
                }
            }
        }
    }

    // dweight = sum over rows of dy * n, rows in ascending order; a chunk owns 64 columns.
    private readonly struct WeightJob(RowView dweight, RowView dy, RowView x, RowView moments) : IParallelJob
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
                    Vector512<float> n = (Lanes.Load(x.At(r, c), end - c) - Vector512.Create(*moments.At(0, r))) * Vector512.Create(*moments.At(1, r));
                    sum = Vector512.FusedMultiplyAdd(Lanes.Load(dy.At(r, c), end - c), n, sum);
                }

                Lanes.Store(sum, dweight.At(0, c), end - c);
            }
        }
    }
}
