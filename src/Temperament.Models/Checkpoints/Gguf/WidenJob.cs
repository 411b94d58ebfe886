using System.Runtime.InteropServices;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Widens the rows of one tensor, a few rows for each chunk.</summary>
internal sealed class WidenJob(GgufBytes bytes, GgufTensor tensor, GgufBlocks blocks, Tensor target)
{
    // About a megabyte of float32 a chunk.
    private const long ChunkWeights = 1 << 18;

    private readonly int _rowsEach = (int)Math.Clamp(ChunkWeights / Math.Max(1, target.Columns), 1, Math.Max(1, target.Rows));

    public void Run(ComputePool? pool)
    {
        int chunks = target.Columns == 0 ? 0 : (target.Rows + _rowsEach - 1) / _rowsEach;
        if (pool is null)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                Run(chunk);
            }

            return;
        }

        GCHandle handle = GCHandle.Alloc(this);
        try
        {
            pool.Run(chunks, new Chunk(handle));
        }
        finally
        {
            handle.Free();
        }
    }

    private void Run(int chunk)
    {
        int first = chunk * _rowsEach, rows = Math.Min(_rowsEach, target.Rows - first);
        int rowBytes = target.Columns / blocks.Weights * blocks.Bytes;
        ReadOnlySpan<byte> source = bytes.Slice(tensor.Start + ((long)first * rowBytes), rows * rowBytes);
        blocks.Widen(source, target.SliceRows(first, rows).Span);
    }

    private readonly struct Chunk(GCHandle handle) : IParallelJob
    {
        public void Run(int chunk) => ((WidenJob)handle.Target!).Run(chunk);
    }
}
