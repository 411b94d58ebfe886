using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Rotary position embedding: channel pairs (i, i + E/2) of the first E channels of each head are turned by an angle
/// that depends on the position; E is the head size D but for models that leave the rest of a head alone.
/// Su et al. 2021, https://arxiv.org/abs/2104.09864; half-split pairs as in the Hugging Face checkpoints, where the paper has (2i, 2i + 1).
/// </summary>
public static unsafe class Rope
{
    /// <summary>Turns every row in place.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">(R, heads * D) queries or keys, overwritten.</param>
    /// <param name="headSize">D.</param>
    /// <param name="positions">(R) row of the tables for each row of <paramref name="x"/>.</param>
    /// <param name="cos">(P, E/2) cosines.</param>
    /// <param name="sin">(P, E/2) sines.</param>
    /// <param name="inverse">Turns back, which is also the backward pass.</param>
    public static void Apply(
        ComputePool pool, Tensor x, int headSize, ReadOnlySpan<int> positions, Tensor cos, Tensor sin, bool inverse = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(headSize, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Columns % headSize, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(positions.Length, x.Rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(2 * cos.Columns, headSize, nameof(cos));
        Chunks.ThrowIfNotShape(sin, cos.Rows, cos.Columns);
        foreach (int position in positions)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)cos.Rows, nameof(positions));
        }

        fixed (int* rows = positions)
        {
            var job = new Job(new RowView(x), headSize, rows, new RowView(cos), new RowView(sin), inverse, Chunks.RowsOf(x.Columns));
            Chunks.Run(pool, Chunks.Count(x.Rows, job.RowsOfChunk), x.Count, job);
        }

        x.KeepAlive();
        cos.KeepAlive();
        sin.KeepAlive();
    }

    private readonly struct Job(RowView x, int D, int* positions, RowView cos, RowView sin, bool inverse, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                Turn(x.Row(r), x.Row(r) + x.Columns, cos.Columns, cos.Row(positions[r]), sin.Row(positions[r]), inverse ? -1f : 1f);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Turn(float* head, float* end, int half, float* cos, float* sin, float sign)
        {
            Vector512<float> direction = Vector512.Create(sign);
            int whole = half & -Lanes.Width;
            for (; head < end; head += D)
            {
                for (int i = 0; i < whole; i += Lanes.Width)
                {
                    Vector512<float> a = Vector512.Load(head + i), b = Vector512.Load(head + half + i);
                    Vector512<float> c = Vector512.Load(cos + i), s = Vector512.Load(sin + i) * direction;
                    Vector512.FusedMultiplyAdd(a, c, -(b * s)).Store(head + i);
                    Vector512.FusedMultiplyAdd(b, c, a * s).Store(head + half + i);
                }

                if (whole < half)
                {
                    TurnPart(head + whole, half, cos + whole, sin + whole, sign, half - whole);
                }
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void TurnPart(float* head, int half, float* cos, float* sin, float sign, int count)
        {
            if (count == Vector256<float>.Count)
            {
                Vector256<float> left = Vector256.Load(head), right = Vector256.Load(head + half);
                Vector256<float> x = Vector256.Load(cos), y = Vector256.Load(sin) * Vector256.Create(sign);
                Vector256.FusedMultiplyAdd(left, x, -(right * y)).Store(head);
                Vector256.FusedMultiplyAdd(right, x, left * y).Store(head + half);
                return;
            }

            Vector512<float> a = Lanes.Load(head, count), b = Lanes.Load(head + half, count);
            Vector512<float> c = Lanes.Load(cos, count), s = Lanes.Load(sin, count) * Vector512.Create(sign);
            Lanes.Store(Vector512.FusedMultiplyAdd(a, c, -(b * s)), head, count);
            Lanes.Store(Vector512.FusedMultiplyAdd(b, c, a * s), head + half, count);
        }
    }
}
