using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>Uniform noise whose numbers are a function of (key, row, column) alone.</summary>
public static unsafe class UniformNoise
{
    /// <summary>x += size * u, u uniform in (-1, 1).</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">(R, C) accumulated.</param>
    /// <param name="size">Largest noise.</param>
    /// <param name="key">Key of the stream.</param>
    /// <param name="firstRow">Number of the first row within the stream.</param>
    public static void Add(ComputePool pool, Tensor x, float size, ulong key, long firstRow)
    {
        var job = new Job(new RowView(x), size, key, firstRow, Chunks.RowsOf(x.Columns));
        Chunks.Run(pool, Chunks.Count(x.Rows, job.RowsOfChunk), x.Count, job);
        x.KeepAlive();
    }

    private readonly struct Job(RowView x, float size, ulong key, long firstRow, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        public void Run(int chunk)
        {
            uint* words = stackalloc uint[4];
            for (int r = chunk * rowsOfChunk; r < Math.Min(x.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                float* row = x.Row(r);
                for (int c = 0; c < x.Columns; c++)
                {
                    if (c % 4 == 0)
                    {
                        PhiloxBlock block = Philox.At(key, (ulong)(firstRow + r), (ulong)c / 4);
                        (words[0], words[1], words[2], words[3]) = (block.Word0, block.Word1, block.Word2, block.Word3);
                    }

                    // 24 bits and half a unit: every value is exact, and neither end is met.
                    float u = (((words[c % 4] >> 8) + 0.5f) * (2f / (1 << 24))) - 1;
                    row[c] += size * u;
                }
            }
        }
    }
}
