using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>y = cap * tanh(x / cap), which keeps logits between -cap and cap. Gemma 2, https://arxiv.org/abs/2408.00118, section 2.</summary>
public static unsafe class SoftCap
{
    /// <summary>Caps every element.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, V) output; may be <paramref name="x"/>.</param>
    /// <param name="x">(R, V) input.</param>
    /// <param name="cap">Bound, above 0.</param>
    public static void Forward(ComputePool pool, Tensor y, Tensor x, float cap)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap);
        Chunks.ThrowIfNotShape(y, x.Rows, x.Columns);
        int rowsOfChunk = Chunks.RowsOf(x.Columns);

        Chunks.Run(pool, Chunks.Count(x.Rows, rowsOfChunk), x.Count, new ForwardJob(new RowView(y), new RowView(x), cap, rowsOfChunk));

        y.KeepAlive();
        x.KeepAlive();
    }

    /// <summary>Turns the gradient of the output into that of the input: dy * (1 - (y / cap)^2).</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dy">(R, V) gradient, overwritten.</param>
    /// <param name="y">(R, V) output of the forward pass.</param>
    /// <param name="cap">Bound, above 0.</param>
    public static void Backward(ComputePool pool, Tensor dy, Tensor y, float cap)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap);
        Chunks.ThrowIfNotShape(dy, y.Rows, y.Columns);
        int rowsOfChunk = Chunks.RowsOf(y.Columns);

        Chunks.Run(pool, Chunks.Count(y.Rows, rowsOfChunk), y.Count, new BackwardJob(new RowView(dy), new RowView(y), cap, rowsOfChunk));

        dy.KeepAlive();
        y.KeepAlive();
    }

    private readonly struct ForwardJob(RowView y, RowView x, float cap, int rowsOfChunk) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int V = x.Columns;
            Vector512<float> bound = Vector512.Create(cap), scale = Vector512.Create(1 / cap);
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r), xr = x.Row(r);
                for (int v = 0; v < V; v += Lanes.Width)
                {
                    Lanes.Store(bound * Tanh.Of(Lanes.Load(xr + v, V - v) * scale), yr + v, V - v);
                }
            }
        }
    }

    private readonly struct BackwardJob(RowView dy, RowView y, float cap, int rowsOfChunk) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int V = y.Columns;
            Vector512<float> scale = Vector512.Create(1 / cap), one = Vector512<float>.One;
            for (int r = chunk * rowsOfChunk; r < Math.Min(y.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* dyr = dy.Row(r), yr = y.Row(r);
                for (int v = 0; v < V; v += Lanes.Width)
                {
                    Vector512<float> t = Lanes.Load(yr + v, V - v) * scale;
                    Lanes.Store(Lanes.Load(dyr + v, V - v) * Vector512.FusedMultiplyAdd(-t, t, one), dyr + v, V - v);
                }
            }
        }
    }
}
