using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The gate of a Gemma feed-forward layer: y = gelu(gate) * up with the tanh form of GELU. Shazeer 2020, https://arxiv.org/abs/2002.05202.
/// </summary>
public static unsafe class GeGlu
{
    /// <summary>Gates every element.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="y">(R, F) output; may be <paramref name="gate"/> or <paramref name="up"/>.</param>
    /// <param name="gate">(R, F) gate.</param>
    /// <param name="up">(R, F) values.</param>
    public static void Forward(ComputePool pool, Tensor y, Tensor gate, Tensor up)
    {
        Chunks.ThrowIfNotShape(y, gate.Rows, gate.Columns);
        Chunks.ThrowIfNotShape(up, gate.Rows, gate.Columns);
        int rowsOfChunk = Chunks.RowsOf(gate.Columns);
        var job = new ForwardJob(new RowView(y), new RowView(gate), new RowView(up), rowsOfChunk);

        Chunks.Run(pool, Chunks.Count(gate.Rows, rowsOfChunk), gate.Count, job);

        y.KeepAlive();
        gate.KeepAlive();
        up.KeepAlive();
    }

    /// <summary>Sets (does not add to) the gradients of gate and up.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="dgate">(R, F) gradient of the gate, overwritten; may be <paramref name="gate"/>.</param>
    /// <param name="dup">(R, F) gradient of the values, overwritten; may be <paramref name="up"/>.</param>
    /// <param name="dy">(R, F) gradient of the output.</param>
    /// <param name="gate">(R, F) gate of the forward pass.</param>
    /// <param name="up">(R, F) values of the forward pass.</param>
    public static void Backward(ComputePool pool, Tensor dgate, Tensor dup, Tensor dy, Tensor gate, Tensor up)
    {
        Chunks.ThrowIfNotShape(dgate, gate.Rows, gate.Columns);
        Chunks.ThrowIfNotShape(dup, gate.Rows, gate.Columns);
        Chunks.ThrowIfNotShape(dy, gate.Rows, gate.Columns);
        Chunks.ThrowIfNotShape(up, gate.Rows, gate.Columns);
        int rowsOfChunk = Chunks.RowsOf(gate.Columns);
        var job = new BackwardJob(new RowView(dgate), new RowView(dup), new RowView(dy), new RowView(gate), new RowView(up), rowsOfChunk);

        Chunks.Run(pool, Chunks.Count(gate.Rows, rowsOfChunk), gate.Count, job);

        dgate.KeepAlive();
        dup.KeepAlive();
        dy.KeepAlive();
        gate.KeepAlive();
        up.KeepAlive();
    }

    private readonly struct ForwardJob(RowView y, RowView gate, RowView up, int rowsOfChunk) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int F = gate.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(gate.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r), gr = gate.Row(r), ur = up.Row(r);
                for (int f = 0; f < F; f += Lanes.Width)
                {
                    Lanes.Store(GeluTanh.Of(Lanes.Load(gr + f, F - f)) * Lanes.Load(ur + f, F - f), yr + f, F - f);
                }
            }
        }
    }

    private readonly struct BackwardJob(RowView dgate, RowView dup, RowView dy, RowView gate, RowView up, int rowsOfChunk) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int F = gate.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(gate.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* dgr = dgate.Row(r), dur = dup.Row(r), dyr = dy.Row(r), gr = gate.Row(r), ur = up.Row(r);
                for (int f = 0; f < F; f += Lanes.Width)
                {
                    int left = F - f;
                    Vector512<float> g = Lanes.Load(gr + f, left), u = Lanes.Load(ur + f, left), d = Lanes.Load(dyr + f, left);
                    Lanes.Store(d * GeluTanh.Of(g), dur + f, left);
                    Lanes.Store(d * u * GeluTanh.Slope(g), dgr + f, left);
                }
            }
        }
    }
}
