using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// dx = dy W with NF4 weights for few rows of dy: up to four blocks of 64 inputs a task, one lane an input. Weights are decoded into registers and
/// used there. Needs AVX-512, and rows of whole blocks.
/// </summary>
/// <param name="product">The product; its depth are the outputs of W, its columns the inputs.</param>
/// <param name="blocks">Blocks of a task.</param>
/// <param name="rows">Packed rows of dy, as of <see cref="MatMulRows"/>.</param>
/// <param name="panelDepth">Floats of a panel in one row of it.</param>
/// <param name="scratch">Scratch of <see cref="ThreadScratch"/> floats.</param>
internal readonly unsafe struct MatMulNf4Inputs(MatMulProduct product, int blocks, float* rows, nint panelDepth, ThreadScratch scratch) : IThreadJob
{
    /// <summary>Most rows of dy.</summary>
    public const int MostRows = 3 * MatMulPlan.TileRows;

    /// <summary>Floats of scratch that a thread needs: sums block by block, and the scales of four bands.</summary>
    public const long ThreadScratch = (MostRows * MostBlocks * BlockSize) + (Bands * MostBlocks * Band);

    private const int BlockSize = Nf4Matrix.BlockSize;
    private const int Band = Nf4View.Band;
    private const int Bands = MatMulPlan.Depth / Band;
    private const int MostBlocks = 4;
    private const int WantedTasks = 16;

    /// <summary>True where this path may run a product.</summary>
    public static bool CanRun(in MatMulProduct product) =>
        Avx512F.IsSupported && product.Codes is not null && !product.TransposedB && product.M <= MostRows && product.Nf4.RowsAreBlocks;

    /// <summary>Blocks of a task: fewer where there would be few tasks.</summary>
    /// <param name="rowBlocks">Blocks of an output.</param>
    public static int BlocksOfTask(int rowBlocks) => Math.Clamp(rowBlocks / WantedTasks, 1, MostBlocks);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk, int thread)
    {
        int firstBlock = chunk * blocks, count = Math.Min(blocks, product.Nf4.RowBlocks - firstBlock);
        float* sums = scratch[thread], scales = sums + (MostRows * MostBlocks * BlockSize), levels = Nf4Tables.Levels;
        nint blockSums = product.M * BlockSize;
        for (int b = 0; b < count; b++)
        {
            Copy(product.Accumulate, product.C + ((firstBlock + b) * BlockSize), product.CStride, sums + (b * blockSums), BlockSize);
        }

        for (int output = 0; output < product.K; output += MatMulPlan.Depth)
        {
            int outputs = Math.Min(MatMulPlan.Depth, product.K - output);
            for (int band = 0; band * Band < outputs; band++)
            {
                Nf4ScaleColumns.Read(product.Nf4, (output / Band) + band, firstBlock, count, Bands * product.Nf4.RowBlocks, scales + (band * count * Band));
            }

            for (int b = 0; b < count; b++)
            {
                uint* words = product.Nf4.WordAt(output, (firstBlock + b) * BlockSize);
                var codes = new MatMulNf4InputCodes(
                    words, outputs, (nint)product.Nf4.RowWords * Band, scales + (b * Band), count * Band, levels);
                for (int m = 0; m < product.M; m += MatMulPlan.TileRows)
                {
                    float* x = rows + (m * panelDepth) + (output * MatMulPlan.TileRows);
                    Add(Math.Min(MatMulPlan.TileRows, product.M - m), codes, x, sums + (b * blockSums) + (m * BlockSize));
                }
            }
        }

        for (int b = 0; b < count; b++)
        {
            Copy(true, sums + (b * blockSums), BlockSize, product.C + ((firstBlock + b) * BlockSize), product.CStride);
        }
    }

    // Copies the block in all rows, or clears the target.
    private void Copy(bool copy, float* from, nint fromStride, float* to, nint toStride)
    {
        for (int m = 0; m < product.M; m++)
        {
            var target = new Span<float>(to + (m * toStride), BlockSize);
            if (copy)
            {
                new ReadOnlySpan<float>(from + (m * fromStride), BlockSize).CopyTo(target);
            }
            else
            {
                target.Clear();
            }
        }
    }

    private static void Add(int rows, in MatMulNf4InputCodes codes, float* x, float* sums)
    {
        switch (rows)
        {
            case 1: MatMulNf4InputTile.AddFour<OneRow>(codes, x, sums); break;
            case 2: MatMulNf4InputTile.AddFour<TwoRows>(codes, x, sums); break;
            case 3: MatMulNf4InputTile.AddFour<ThreeRows>(codes, x, sums); break;
            case 4: MatMulNf4InputTile.AddFour<FourRows>(codes, x, sums); break;
            case 5: MatMulNf4InputTile.AddFour<FiveRows>(codes, x, sums); break;
            case 6: MatMulNf4InputTile.AddFour<SixRows>(codes, x, sums); break;
            case 7: AddTwice<SevenRows>(codes, x, sums); break;
            case 8: AddTwice<EightRows>(codes, x, sums); break;
            case 9: AddTwice<NineRows>(codes, x, sums); break;
            case 10: AddTwice<TenRows>(codes, x, sums); break;
            case 11: AddTwice<ElevenRows>(codes, x, sums); break;
            case 12: AddTwice<TwelveRows>(codes, x, sums); break;
        }
    }

    private static void AddTwice<TRows>(in MatMulNf4InputCodes codes, float* x, float* sums)
        where TRows : struct, ITileRows
    {
        MatMulNf4InputTile.AddTwo<TRows>(codes, x, sums);
        MatMulNf4InputTile.AddTwo<TRows>(codes.SecondHalf, x, sums + (BlockSize / 2));
    }
}
