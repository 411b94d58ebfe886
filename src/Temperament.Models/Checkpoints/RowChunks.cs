using System.Runtime.InteropServices;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints;

/// <summary>Cuts the rows of a weight into chunks of about a megabyte of float32 and shares them among threads.</summary>
internal static class RowChunks
{
    private const long ChunkWeights = 1 << 18;

    /// <summary>Works on all rows; each row is in exactly one chunk, and the chunks do not depend on the threads.</summary>
    /// <param name="pool">Threads; null for the calling thread.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="work">Takes the first row and the number of rows of a chunk; may throw.</param>
    public static void Run(ComputePool? pool, int rows, long columns, Action<int, int> work)
    {
        int each = (int)Math.Clamp(ChunkWeights / Math.Max(1, columns), 1, Math.Max(1, rows));
        int chunks = (int)(((long)rows + each - 1) / each);
        if (pool is null)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                work(chunk * each, Math.Min(each, rows - (chunk * each)));
            }

            return;
        }

        GCHandle handle = GCHandle.Alloc(work);
        try
        {
            pool.Run(chunks, new Chunk(handle, rows, each));
        }
        finally
        {
            handle.Free();
        }
    }

    private readonly struct Chunk(GCHandle work, int rows, int each) : IParallelJob
    {
        public void Run(int chunk) => ((Action<int, int>)work.Target!)(chunk * each, Math.Min(each, rows - (chunk * each)));
    }
}
