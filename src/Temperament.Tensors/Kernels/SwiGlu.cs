using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The gate of a Llama feed-forward layer: y = silu(gate) * up with silu(g) = g / (1 + e^-g).
/// Shazeer 2020, https://arxiv.org/abs/2002.05202.
/// </summary>
public static unsafe class SwiGlu
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
        var job = new ForwardJob(new RowView(y), new RowView(gate), new RowView(up), Streaming.Pays(3 * gate.Count), Chunks.RowsOf(gate.Columns));

        Chunks.Run(pool, Chunks.Count(gate.Rows, job.RowsOfChunk), gate.Count, job);

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
        var job = new BackwardJob(
            new RowView(dgate), new RowView(dup), new RowView(dy), new RowView(gate), new RowView(up), Streaming.Pays(5 * gate.Count), Chunks.RowsOf(gate.Columns));

        Chunks.Run(pool, Chunks.Count(gate.Rows, job.RowsOfChunk), gate.Count, job);

        dgate.KeepAlive();
        dup.KeepAlive();
        dy.KeepAlive();
        gate.KeepAlive();
        up.KeepAlive();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sigmoid(Vector512<float> x) =>
        Vector512<float>.One / (Vector512<float>.One + Exp.Of(-x));

    private readonly struct ForwardJob(RowView y, RowView gate, RowView up, bool past, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int F = gate.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(gate.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* yr = y.Row(r), gr = gate.Row(r), ur = up.Row(r);
                int head = past ? Streaming.Head(yr, F) : 0, body = (F - head) & -Lanes.Width;
                Part(yr, gr, ur, head);
                Body(yr + head, gr + head, ur + head, body, past);
                Part(yr + head + body, gr + head + body, ur + head + body, F - head - body);
            }

            if (past)
            {
                Streaming.Fence();
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Body(float* y, float* gate, float* up, int count, bool past)
        {
            for (int f = 0; f < count; f += Lanes.Width)
            {
                Streaming.Store(Gated(Vector512.Load(gate + f), Vector512.Load(up + f)), y + f, past);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Part(float* y, float* gate, float* up, int count)
        {
            for (int f = 0; f < count; f += Lanes.Width)
            {
                Lanes.Store(Gated(Lanes.Load(gate + f, count - f), Lanes.Load(up + f, count - f)), y + f, count - f);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Gated(Vector512<float> g, Vector512<float> u) => g * Sigmoid(g) * u;
    }

    // silu'(g) = s * (1 + g * (1 - s)) with s = sigmoid(g).
    private readonly struct BackwardJob(RowView dgate, RowView dup, RowView dy, RowView gate, RowView up, bool past, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int F = gate.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(gate.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* dgr = dgate.Row(r), dur = dup.Row(r), dyr = dy.Row(r), gr = gate.Row(r), ur = up.Row(r);
                int head = past ? Streaming.Head(dgr, F) : 0, body = (F - head) & -Lanes.Width, rest = head + body;
                Part(dgr, dur, dyr, gr, ur, head);
                Body(dgr + head, dur + head, dyr + head, gr + head, ur + head, body, past && Streaming.Head(dur + head, F) == 0);
                Part(dgr + rest, dur + rest, dyr + rest, gr + rest, ur + rest, F - rest);
            }

            if (past)
            {
                Streaming.Fence();
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Body(float* dgate, float* dup, float* dy, float* gate, float* up, int count, bool past)
        {
            for (int f = 0; f < count; f += Lanes.Width)
            {
                (Vector512<float> dg, Vector512<float> du) = Gradients(Vector512.Load(dy + f), Vector512.Load(gate + f), Vector512.Load(up + f));
                Streaming.Store(du, dup + f, past);
                Streaming.Store(dg, dgate + f, past);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Part(float* dgate, float* dup, float* dy, float* gate, float* up, int count)
        {
            for (int f = 0; f < count; f += Lanes.Width)
            {
                int left = count - f;
                (Vector512<float> dg, Vector512<float> du) = Gradients(Lanes.Load(dy + f, left), Lanes.Load(gate + f, left), Lanes.Load(up + f, left));
                Lanes.Store(du, dup + f, left);
                Lanes.Store(dg, dgate + f, left);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (Vector512<float> Gate, Vector512<float> Up) Gradients(Vector512<float> d, Vector512<float> g, Vector512<float> u)
        {
            Vector512<float> one = Vector512<float>.One, s = Sigmoid(g);
            return (d * u * (s * Vector512.FusedMultiplyAdd(g, one - s, one)), d * (g * s));
        }
    }
}
