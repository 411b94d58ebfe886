using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>The input's gradient of <see cref="RmsNorm"/>. With n = x * rstd and dn = weight * dy:  dx += rstd * (dn - n * mean(dn * n)).</summary>
internal readonly unsafe struct RmsNormInputs(
    RowView dx, RowView dy, RowView x, RowView weight, RowView rstd, int first, int end, int rowsOfChunk) : IParallelJob
{
    private const int Pair = 2 * Lanes.Width;

    /// <summary>Rows of a chunk.</summary>
    public int RowsOfChunk => rowsOfChunk;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk)
    {
        int C = x.Columns, start = first + (chunk * rowsOfChunk), whole = C & -Lanes.Width;
        float* w = weight.Row(0);
        for (int r = start; r < Math.Min(end, start + rowsOfChunk); r++)
        {
            float* xr = x.Row(r), dyr = dy.Row(r), dxr = dx.Row(r);
            int next = Math.Min(r + 1, x.Rows - 1);
            float reciprocal = *rstd.At(0, r), mean = Mean(xr, dyr, w, C, dxr) * reciprocal;
            Body(dxr, dyr, xr, w, reciprocal, mean, whole, dy.Row(next), x.Row(next));
            Part(dxr + whole, dyr + whole, xr + whole, w + whole, reciprocal, mean, C - whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Body(float* dx, float* dy, float* x, float* w, float reciprocal, float mean, int count, float* nextDy, float* nextX)
    {
        Vector512<float> factor = Vector512.Create(reciprocal), m = Vector512.Create(mean);
        for (int c = 0; c < count; c += Lanes.Width)
        {
            Streaming.Prefetch(nextDy + c);
            Streaming.Prefetch(nextX + c);
            Vector512<float> n = Vector512.Load(x + c) * factor;
            Vector512<float> rest = Vector512.FusedMultiplyAdd(-n, m, Vector512.Load(w + c) * Vector512.Load(dy + c));
            Vector512.FusedMultiplyAdd(factor, rest, Vector512.Load(dx + c)).Store(dx + c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Part(float* dx, float* dy, float* x, float* w, float reciprocal, float mean, int count)
    {
        if (count > 0)
        {
            Vector512<float> factor = Vector512.Create(reciprocal), n = Lanes.Load(x, count) * factor;
            Vector512<float> rest = Vector512.FusedMultiplyAdd(-n, Vector512.Create(mean), Lanes.Load(w, count) * Lanes.Load(dy, count));
            Lanes.Store(Vector512.FusedMultiplyAdd(factor, rest, Lanes.Load(dx, count)), dx, count);
        }
    }

    // mean(weight * dy * x): element i goes to lane i mod 32, and the lanes are folded in halves. The row of dx is needed next.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Mean(float* x, float* dy, float* w, int C, float* dx)
    {
        float* lastX = stackalloc float[Pair], lastDy = stackalloc float[Pair], lastW = stackalloc float[Pair];
        int whole = C & -Pair;
        if (whole < C)
        {
            Lanes.Pad(lastX, x + whole, C - whole, Pair, 0);
            Lanes.Pad(lastDy, dy + whole, C - whole, Pair, 0);
            Lanes.Pad(lastW, w + whole, C - whole, Pair, 0);
        }

        Vector512<float> a = default, b = default;
        for (int c = 0; c < C; c += Pair)
        {
            float* p = c < whole ? x + c : lastX, q = c < whole ? dy + c : lastDy, s = c < whole ? w + c : lastW;
            Streaming.Prefetch(dx + c);
            Streaming.Prefetch(dx + c + Lanes.Width);
            a = Vector512.FusedMultiplyAdd(Vector512.Load(s) * Vector512.Load(q), Vector512.Load(p), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Load(s + 16) * Vector512.Load(q + 16), Vector512.Load(p + 16), b);
        }

        return Reduce.Fold(a + b) / C;
    }
}
