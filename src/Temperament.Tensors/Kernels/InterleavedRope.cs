using System.Runtime.CompilerServices;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Rotary position embedding as in the paper and in GPT-J: neighbours (2i, 2i + 1) of each head are turned, where <see cref="Rope"/> turns
/// (i, i + D/2). Su et al. 2021, https://arxiv.org/abs/2104.09864.
/// </summary>
public static unsafe class InterleavedRope
{
    /// <summary>Turns the first coordinates of every head of every row in place.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">(R, heads * D) queries or keys, overwritten.</param>
    /// <param name="headSize">D.</param>
    /// <param name="positions">(R) row of the tables for each row of <paramref name="x"/>.</param>
    /// <param name="cos">(P, E/2) cosines; E coordinates, at most D, are turned.</param>
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

        int rowsOfChunk = Chunks.RowsOf(x.Columns);
        fixed (int* rows = positions)
        {
            var job = new Job(new RowView(x), headSize, rows, new RowView(cos), new RowView(sin), inverse, rowsOfChunk);
            Chunks.Run(pool, Chunks.Count(x.Rows, rowsOfChunk), x.Count, job);
        }

        x.KeepAlive();
        cos.KeepAlive();
        sin.KeepAlive();
    }

    private readonly struct Job(RowView x, int D, int* positions, RowView cos, RowView sin, bool inverse, int rowsOfChunk) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            int pairs = cos.Columns;
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* c = cos.Row(positions[r]), s = sin.Row(positions[r]), end = x.Row(r) + x.Columns;
                for (float* head = x.Row(r); head < end; head += D)
                {
                    for (int i = 0; i < pairs; i++)
                    {
                        float a = head[2 * i], b = head[(2 * i) + 1], turn = inverse ? -s[i] : s[i];
                        head[2 * i] = MathF.FusedMultiplyAdd(a, c[i], -(b * turn));
                        head[(2 * i) + 1] = MathF.FusedMultiplyAdd(b, c[i], a * turn);
                    }
                }
            }
        }
    }
}
