using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Quantization;

/// <summary>Reads weights back: level[code] * scale, one rounding. One chunk writes sixteen rows, a block of each at a time.</summary>
/// <param name="view">Weights.</param>
/// <param name="to">First weight of the target.</param>
/// <param name="stride">Weights between two rows of the target.</param>
internal readonly unsafe struct Nf4Unpacking(Nf4View view, float* to, nint stride) : IParallelJob
{
    private const int Rows = 16;
    private const int Band = Nf4View.Band;

    // Blocks whose scales are read at once.
    private const int Blocks = 4;

    /// <summary>Chunks of a matrix with so many rows.</summary>
    public static int Chunks(int outputs) => (outputs + Rows - 1) / Rows;

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int row = chunk * Rows, end = Math.Min(view.Outputs, row + Rows);
        if (view.RowsAreBlocks)
        {
            UnpackBlocks(row, end);
        }
        else
        {
            UnpackAcrossRows(row, end);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void UnpackBlocks(int row, int end)
    {
        float* scales = stackalloc float[Blocks * Band];
        float* levels = Nf4Tables.Levels;
        for (int block = 0; block < view.RowBlocks; block += Blocks)
        {
            int blocks = Math.Min(Blocks, view.RowBlocks - block);
            Nf4ScaleColumns.Read(view, row / Band, block, blocks, Blocks, scales);
            for (int r = row; r < end; r++)
            {
                uint* words = view.WordAt(r, block * Nf4Matrix.BlockSize);
                float* target = to + (r * stride) + (block * Nf4Matrix.BlockSize);
                for (int b = 0; b < blocks; b++)
                {
                    Vector512<float> scale = Vector512.Create(scales[(b * Band) + (r % Band)]);
                    (Nf4Lookup.Levels(Nf4Lookup.Row(words), levels) * scale).Store(target);
                    (Nf4Lookup.Levels(Nf4Lookup.Row(words + (2 * Band)), levels) * scale).Store(target + 16);
                    (Nf4Lookup.Levels(Nf4Lookup.Row(words + (4 * Band)), levels) * scale).Store(target + 32);
                    (Nf4Lookup.Levels(Nf4Lookup.Row(words + (6 * Band)), levels) * scale).Store(target + 48);
                    words += 8 * Band;
                    target += Nf4Matrix.BlockSize;
                }
            }
        }
    }

    private void UnpackAcrossRows(int row, int end)
    {
        float* levels = Nf4Tables.Levels;
        for (int r = row; r < end; r++)
        {
            float* target = to + (r * stride);
            for (int input = 0; input < view.Inputs; input += Lanes.Width)
            {
                Lanes.Store(Nf4Weights.Load16(view, view.WordAt(r, input), r, input, levels), target + input, view.Inputs - input);
            }
        }
    }
}
