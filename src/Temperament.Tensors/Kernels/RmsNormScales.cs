using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>The scale's gradient of <see cref="RmsNorm"/>: dweight += sum over rows of dy * x * rstd, rows in ascending order; a chunk owns some columns.</summary>
internal readonly unsafe struct RmsNormScales(RowView dweight, RowView dy, RowView x, RowView rstd, int first, int end) : IParallelJob
{
    /// <summary>Columns of a chunk.</summary>
    public const int ColumnsOfChunk = 128;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk)
    {
        int c = chunk * ColumnsOfChunk, columns = Math.Min(x.Columns - c, ColumnsOfChunk);
        float* sums = dweight.At(0, c);
        if (columns == ColumnsOfChunk)
        {
            Body(sums, dy.At(first, c), dy.Stride, x.At(first, c), x.Stride, rstd.At(0, first), end - first);
            return;
        }

        for (int i = 0; i < columns; i += Lanes.Width)
        {
            Part(sums + i, dy.At(first, c + i), dy.Stride, x.At(first, c + i), x.Stride, rstd.At(0, first), end - first, columns - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Body(float* sums, float* dy, int dyStride, float* x, int xStride, float* rstd, int rows)
    {
        Vector512<float> s0 = Vector512.Load(sums), s1 = Vector512.Load(sums + 16), s2 = Vector512.Load(sums + 32), s3 = Vector512.Load(sums + 48);
        Vector512<float> s4 = Vector512.Load(sums + 64), s5 = Vector512.Load(sums + 80), s6 = Vector512.Load(sums + 96), s7 = Vector512.Load(sums + 112);
        for (int r = 0; r < rows; r++, dy += dyStride, x += xStride)
        {
            Vector512<float> factor = Vector512.Create(rstd[r]);
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(dy), Vector512.Load(x) * factor, s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(dy + 16), Vector512.Load(x + 16) * factor, s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Load(dy + 32), Vector512.Load(x + 32) * factor, s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Load(dy + 48), Vector512.Load(x + 48) * factor, s3);
            s4 = Vector512.FusedMultiplyAdd(Vector512.Load(dy + 64), Vector512.Load(x + 64) * factor, s4);
            s5 = Vector512.FusedMultiplyAdd(Vector512.Load(dy + 80), Vector512.Load(x + 80) * factor, s5);
            s6 = Vector512.FusedMultiplyAdd(Vector512.Load(dy + 96), Vector512.Load(x + 96) * factor, s6);
            s7 = Vector512.FusedMultiplyAdd(Vector512.Load(dy + 112), Vector512.Load(x + 112) * factor, s7);
        }

        s0.Store(sums);
        s1.Store(sums + 16);
        s2.Store(sums + 32);
        s3.Store(sums + 48);
        s4.Store(sums + 64);
        s5.Store(sums + 80);
        s6.Store(sums + 96);
        s7.Store(sums + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Part(float* sums, float* dy, int dyStride, float* x, int xStride, float* rstd, int rows, int count)
    {
        Vector512<float> sum = Lanes.Load(sums, count);
        for (int r = 0; r < rows; r++, dy += dyStride, x += xStride)
        {
            sum = Vector512.FusedMultiplyAdd(Lanes.Load(dy, count), Lanes.Load(x, count) * Vector512.Create(rstd[r]), sum);
        }

        Lanes.Store(sum, sums, count);
    }
}
