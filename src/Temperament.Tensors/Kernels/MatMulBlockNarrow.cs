using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// y = x W^T with weights of a block format for few rows of x, as when tokens are generated: a band of 64 outputs a task, one lane an output.
/// Weights are decoded into registers and used there, so memory is read once, in streams. Needs AVX-512.
/// </summary>
/// <param name="product">The product.</param>
/// <param name="rows">Packed rows of x, as of <see cref="MatMulRows"/>; x itself where it is one row.</param>
/// <param name="panelDepth">Floats of a panel in one row of it.</param>
/// <param name="scratch">Scratch of <see cref="ThreadScratch"/> floats.</param>
internal readonly unsafe struct MatMulBlockNarrow(MatMulProduct product, float* rows, nint panelDepth, ThreadScratch scratch) : IThreadJob
{
    /// <summary>Outputs of a task.</summary>
    public const int Outputs = BlockView.Band;

    /// <summary>Most rows of x; with more of them it pays to store the decoded weights.</summary>
    public const int MostRows = 3 * MatMulPlan.TileRows;

    /// <summary>Floats of scratch that a thread needs: sums.</summary>
    public const long ThreadScratch = MostRows * Outputs;

    /// <summary>True where this path may run a product.</summary>
    public static bool CanRun(in MatMulProduct product) =>
        Avx512F.IsSupported && product.Blocks.Words is not null && product.TransposedB && product.M <= MostRows;

    /// <inheritdoc/>
    public void Run(int chunk, int thread)
    {
        bool hasMinimum = product.Blocks.Minima is not null;
        if (product.Blocks.Levels is null)
        {
            if (hasMinimum)
            {
                Run<ByteCodes, WithMinimum>(chunk, thread);
            }
            else
            {
                Run<ByteCodes, WithoutMinimum>(chunk, thread);
            }
        }
        else if (hasMinimum)
        {
            Run<NibbleCodes, WithMinimum>(chunk, thread);
        }
        else
        {
            Run<NibbleCodes, WithoutMinimum>(chunk, thread);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TCodes, TMinimum>(int chunk, int thread)
        where TCodes : struct, IBlockCodes
        where TMinimum : struct, IBlockMinimum
    {
        int n = chunk * Outputs, outputs = Math.Min(Outputs, product.N - n);
        float* sums = scratch[thread];
        for (int m = 0; m < product.M; m++)
        {
            var row = new Span<float>(sums + (m * Outputs), Outputs);
            row.Clear();
            if (product.Accumulate)
            {
                new ReadOnlySpan<float>(product.C + (m * product.CStride) + n, outputs).CopyTo(row);
            }
        }

        // More rows than registers hold sums of go over a piece of the depth one after the other, while it is in the first cache.
        int most = product.M == 1 ? product.K : MatMulPlan.Depth;
        for (int k = 0; k < product.K; k += most)
        {
            int block = k / BlockView.BlockSize, blocks = Math.Min(most, product.K - k) / BlockView.BlockSize;
            nint at = product.Blocks.BlockAt(n, block);
            var codes = new MatMulBlockCodes(
                product.Blocks.WordAt(n, block), product.Blocks.Scales + at, product.Blocks.Minima + (TMinimum.IsThere ? at : 0), blocks, product.Blocks.Levels);
            for (int m = 0; m < product.M; )
            {
                // A group ends with its panel.
                int within = m % MatMulPlan.TileRows, count = Math.Min(Math.Min(MatMulBlockTile.MostRows, product.M - m), MatMulPlan.TileRows - within);
                float* x = product.M == 1 ? rows + k : rows + ((m - within) * panelDepth) + (k * MatMulPlan.TileRows) + (within * MatMulPlan.Depth);
                Add<TCodes, TMinimum>(count, codes, x, sums + (m * Outputs));
                m += count;
            }
        }

        for (int m = 0; m < product.M; m++)
        {
            new ReadOnlySpan<float>(sums + (m * Outputs), outputs).CopyTo(new Span<float>(product.C + (m * product.CStride) + n, outputs));
        }
    }

    private static void Add<TCodes, TMinimum>(int rows, in MatMulBlockCodes codes, float* x, float* sums)
        where TCodes : struct, IBlockCodes
        where TMinimum : struct, IBlockMinimum
    {
        switch (rows)
        {
            case 1: MatMulBlockTile.Add<TCodes, TMinimum, OneRow>(codes, x, sums); break;
            case 2: MatMulBlockTile.Add<TCodes, TMinimum, TwoRows>(codes, x, sums); break;
            case 3: MatMulBlockTile.Add<TCodes, TMinimum, ThreeRows>(codes, x, sums); break;
            case 4: MatMulBlockTile.Add<TCodes, TMinimum, FourRows>(codes, x, sums); break;
        }
    }
}
