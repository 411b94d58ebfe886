using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>Sums, multiples, norms and checks of whole tensors.</summary>
public static unsafe class Elementwise
{
    /// <summary>y += x.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, C) accumulated.</param>
    /// <param name="x">(R, C) added.</param>
    public static void Add(ComputePool pool, Tensor y, Tensor x)
    {
        Chunks.ThrowIfNotShape(x, y.Rows, y.Columns);
        var job = new AddJob(new RowView(y), new RowView(x), Chunks.RowsOf(y.Columns));

        Chunks.Run(pool, Chunks.Count(y.Rows, job.RowsOfChunk), y.Count, job);

        y.KeepAlive();
        x.KeepAlive();
    }

    /// <summary>y *= s.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, C) overwritten.</param>
    /// <param name="s">Factor.</param>
    public static void Scale(ComputePool pool, Tensor y, float s)
    {
        var job = new ScaleJob(new RowView(y), s, Chunks.RowsOf(y.Columns));

        Chunks.Run(pool, Chunks.Count(y.Rows, job.RowsOfChunk), y.Count, job);

        y.KeepAlive();
    }

    /// <summary>Sum of the squares of all elements, in double: column c of a row goes to lane c mod 16, rows in ascending order.</summary>
    /// <param name="x">(R, C) numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(Tensor x)
    {
        var view = new RowView(x);
        Vector512<double> low = default, high = default;
        for (int r = 0; r < x.Rows; r++)
        {
            float* row = view.Row(r);
            for (int c = 0; c < x.Columns; c += Lanes.Width)
            {
                // The square of a float is exact in double.
                (Vector512<double> a, Vector512<double> b) = Vector512.Widen(Lanes.Load(row + c, x.Columns - c));
                low += a * a;
                high += b * b;
            }
        }

        x.KeepAlive();
        Vector512<double> v8 = low + high;
        Vector256<double> v4 = v8.GetLower() + v8.GetUpper();
        return (v4[0] + v4[2]) + (v4[1] + v4[3]);
    }

    /// <summary>True where no element is infinite or NaN.</summary>
    /// <param name="x">(R, C) numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AllFinite(Tensor x)
    {
        var view = new RowView(x);
        Vector512<uint> bad = default;
        Vector512<uint> exponent = Vector512.Create(0x7F800000u);
        for (int r = 0; r < x.Rows; r++)
        {
            float* row = view.Row(r);
            for (int c = 0; c < x.Columns; c += Lanes.Width)
            {
                bad |= Vector512.Equals(Lanes.Load(row + c, x.Columns - c).AsUInt32() & exponent, exponent);
            }
        }

        x.KeepAlive();
        return bad == Vector512<uint>.Zero;
    }

    /// <summary>y *= s.</summary>
    internal static void Scale(float* y, float s, int count) => Scale(y, y, s, count);

    /// <summary>y = x * s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scale(float* y, float* x, float s, int count)
    {
        Vector512<float> factor = Vector512.Create(s);
        int i = 0;
        for (; i + Lanes.Width <= count; i += Lanes.Width)
        {
            (Vector512.Load(x + i) * factor).Store(y + i);
        }

        if (i < count)
        {
            Lanes.Store(Lanes.Load(x + i, count - i) * Vector512.Create(s), y + i, count - i);
        }
    }

    private readonly struct AddJob(RowView y, RowView x, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int C = y.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(y.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r), xr = x.Row(r);
                int c = 0;
                for (; c + Lanes.Width <= C; c += Lanes.Width)
                {
                    (Vector512.Load(yr + c) + Vector512.Load(xr + c)).Store(yr + c);
                }

                if (c < C)
                {
                    Lanes.Store(Lanes.Load(yr + c, C - c) + Lanes.Load(xr + c, C - c), yr + c, C - c);
                }
            }
        }
    }

    private readonly struct ScaleJob(RowView y, float s, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        public void Run(int chunk)
        {
            for (int r = chunk * rowsOfChunk; r < Math.Min(y.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                Scale(y.Row(r), s, y.Columns);
            }
        }
    }
}
