using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Adam with decoupled weight decay. Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101; order of operations as in
/// torch.optim.AdamW: decay, first moment, second moment, bias corrections, then epsilon.
/// </summary>
public static unsafe class AdamW
{
    /// <summary>One step of all elements. With a learning rate of 0 the parameters keep their bits and the moments move.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="p">(R, C) parameters, overwritten.</param>
    /// <param name="g">(R, C) gradients.</param>
    /// <param name="m">(R, C) first moments, overwritten; 0 before the first step.</param>
    /// <param name="v">(R, C) second moments, overwritten; 0 before the first step.</param>
    /// <param name="settings">Rates and the number of the step.</param>
    public static void Step(ComputePool pool, Tensor p, Tensor g, Tensor m, Tensor v, in AdamWStep settings)
    {
        Chunks.ThrowIfNotShape(g, p.Rows, p.Columns);
        Chunks.ThrowIfNotShape(m, p.Rows, p.Columns);
        Chunks.ThrowIfNotShape(v, p.Rows, p.Columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Step, 1);
        var job = new Job(new RowView(p), new RowView(g), new RowView(m), new RowView(v), new Factors(settings), Chunks.RowsOf(p.Columns));

        Chunks.Run(pool, Chunks.Count(p.Rows, job.RowsOfChunk), p.Count, job);

        p.KeepAlive();
        g.KeepAlive();
        m.KeepAlive();
        v.KeepAlive();
    }

    /// <summary>x^n by squaring: Math.Pow belongs to the C runtime.</summary>
    internal static double Power(double x, int n)
    {
        double result = 1;
        for (; n > 0; n >>= 1, x *= x)
        {
            result *= (n & 1) != 0 ? x : 1;
        }

        return result;
    }

    // Scalars are computed in double and rounded where they meet a tensor.
    private readonly struct Factors(AdamWStep s)
    {
        public readonly float Decay = (float)(1 - (s.LearningRate * s.WeightDecay));
        public readonly float First = (float)(1 - s.Beta1);
        public readonly float Keep = (float)s.Beta2;
        public readonly float Second = (float)(1 - s.Beta2);
        public readonly float Root = (float)Math.Sqrt(1 - Power(s.Beta2, s.Step));
        public readonly float Epsilon = (float)s.Epsilon;
        public readonly float Rate = (float)(s.LearningRate / (1 - Power(s.Beta1, s.Step)));
        public readonly float Gradient = s.GradientScale;
    }

    private readonly struct Job(RowView p, RowView g, RowView m, RowView v, Factors f, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int C = p.Columns, whole = C & -Lanes.Width;
            Vector512<float> decay = Vector512.Create(f.Decay), first = Vector512.Create(f.First), keep = Vector512.Create(f.Keep);
            Vector512<float> second = Vector512.Create(f.Second), root = Vector512.Create(f.Root), epsilon = Vector512.Create(f.Epsilon);
            Vector512<float> rate = Vector512.Create(-f.Rate), gradient = Vector512.Create(f.Gradient);
            for (int r = chunk * rowsOfChunk; r < Math.Min(p.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* pr = p.Row(r), gr = g.Row(r), mr = m.Row(r), vr = v.Row(r);
                for (int c = 0; c < whole; c += Lanes.Width)
                {
                    Vector512<float> g0 = Vector512.Load(gr + c) * gradient, m0 = Vector512.Load(mr + c);
                    Vector512<float> m1 = Vector512.FusedMultiplyAdd(first, g0 - m0, m0);
                    Vector512<float> v1 = Vector512.FusedMultiplyAdd(second * g0, g0, Vector512.Load(vr + c) * keep);
                    Vector512<float> d = (Vector512.Sqrt(v1) / root) + epsilon;
                    m1.Store(mr + c);
                    v1.Store(vr + c);
                    Vector512.FusedMultiplyAdd(rate, m1 / d, Vector512.Load(pr + c) * decay).Store(pr + c);
                }

                if (whole < C)
                {
                    Part(pr + whole, gr + whole, mr + whole, vr + whole, C - whole);
                }
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Part(float* pr, float* gr, float* mr, float* vr, int count)
        {
            Vector512<float> g0 = Lanes.Load(gr, count) * Vector512.Create(f.Gradient), m0 = Lanes.Load(mr, count);
            Vector512<float> m1 = Vector512.FusedMultiplyAdd(Vector512.Create(f.First), g0 - m0, m0);
            Vector512<float> v1 = Vector512.FusedMultiplyAdd(Vector512.Create(f.Second) * g0, g0, Lanes.Load(vr, count) * Vector512.Create(f.Keep));
            Vector512<float> d = (Vector512.Sqrt(v1) / Vector512.Create(f.Root)) + Vector512.Create(f.Epsilon);
            Lanes.Store(m1, mr, count);
            Lanes.Store(v1, vr, count);
            Lanes.Store(Vector512.FusedMultiplyAdd(Vector512.Create(-f.Rate), m1 / d, Lanes.Load(pr, count) * Vector512.Create(f.Decay)), pr, count);
        }
    }
}
