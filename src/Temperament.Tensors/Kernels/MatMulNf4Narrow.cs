using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// y = x W^T with NF4 weights for up to twelve rows of x, as when tokens are generated: a band of 64 outputs a task, one lane an output. Weights
/// are decoded into registers and used there, so codes are read once, at about the speed of memory. Needs AVX-512.
/// </summary>
/// <param name="product">The product.</param>
/// <param name="rows">Packed rows of x, as of <see cref="MatMulRows"/>; x itself where it is one row.</param>
/// <param name="panelDepth">Floats of a panel in one row of it.</param>
/// <param name="scratch">Scratch of <see cref="ThreadScratch"/> floats.</param>
internal readonly unsafe struct MatMulNf4Narrow(MatMulProduct product, float* rows, nint panelDepth, ThreadScratch scratch) : IThreadJob
{
    /// <summary>Outputs of a task.</summary>
    public const int Outputs = Nf4View.Band;

    /// <summary>Most rows of x.</summary>
    public const int MostRows = 3 * MatMulPlan.TileRows;

    /// <summary>Floats of scratch that a thread needs: sums, and scales.</summary>
    public const long ThreadScratch = (MostRows * Outputs) + (MostScaleColumns * Outputs);

    // Scales are read for 1,024 inputs at once: 4 KiB. Where blocks run over row ends, for 256, in columns of 8 inputs at least.
    private const int ScaleInputs = 1024;
    private const int MostScaleColumns = MatMulPlan.Depth / Nf4View.WordCodes;

    /// <summary>True where this path may run a product.</summary>
    public static bool CanRun(in MatMulProduct product) =>
        Avx512F.IsSupported && product.Codes is not null && product.TransposedB && product.M <= MostRows && product.Nf4.Inputs % Nf4View.WordCodes == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk, int thread)
    {
        int n = chunk * Outputs, outputs = Math.Min(Outputs, product.N - n);
        float* sums = scratch[thread], scales = sums + (MostRows * Outputs), levels = Nf4Tables.Levels;
        for (int m = 0; m < product.M; m++)
        {
            var row = new Span<float>(sums + (m * Outputs), Outputs);
            row.Clear();
            if (product.Accumulate)
            {
                new ReadOnlySpan<float>(product.C + (m * product.CStride) + n, outputs).CopyTo(row);
            }
        }

        int step = product.Nf4.ScaleStep, scaleInputs = product.Nf4.RowsAreBlocks ? ScaleInputs : MatMulPlan.Depth;
        int most = product.M == 1 ? scaleInputs : MatMulPlan.Depth;
        for (int k = 0; k < product.K; k += most)
        {
            if (k % scaleInputs == 0)
            {
                int columns = (Math.Min(scaleInputs, product.K - k) + step - 1) / step;
                Nf4ScaleColumns.Read(product.Nf4, chunk, k / step, columns, columns, scales);
            }

            uint* words = product.Nf4.WordAt(n, k);
            float* scale = scales + (k % scaleInputs / step * Outputs);
            var codes = new MatMulNf4Codes(words, Math.Min(most, product.K - k) / Nf4View.WordCodes, scale, step / Nf4View.WordCodes, levels);
            for (int m = 0; m < product.M; m += MatMulPlan.TileRows)
            {
                float* x = product.M == 1 ? rows + k : rows + (m * panelDepth) + (k * MatMulPlan.TileRows);
                Add(Math.Min(MatMulPlan.TileRows, product.M - m), codes, x, sums + (m * Outputs));
            }
        }

        for (int m = 0; m < product.M; m++)
        {
            new ReadOnlySpan<float>(sums + (m * Outputs), outputs).CopyTo(new Span<float>(product.C + (m * product.CStride) + n, outputs));
        }
    }

    private static void Add(int rows, in MatMulNf4Codes codes, float* x, float* sums)
    {
        switch (rows)
        {
            case 1: MatMulNf4Tile.AddFour<OneRow>(codes, x, sums); break;
            case 2: MatMulNf4Tile.AddFour<TwoRows>(codes, x, sums); break;
            case 3: MatMulNf4Tile.AddFour<ThreeRows>(codes, x, sums); break;
            case 4: MatMulNf4Tile.AddFour<FourRows>(codes, x, sums); break;
            case 5: MatMulNf4Tile.AddFour<FiveRows>(codes, x, sums); break;
            case 6: MatMulNf4Tile.AddFour<SixRows>(codes, x, sums); break;
            case 7: AddTwice<SevenRows>(codes, x, sums); break;
            case 8: AddTwice<EightRows>(codes, x, sums); break;
            case 9: AddTwice<NineRows>(codes, x, sums); break;
            case 10: AddTwice<TenRows>(codes, x, sums); break;
            case 11: AddTwice<ElevenRows>(codes, x, sums); break;
            case 12: AddTwice<TwelveRows>(codes, x, sums); break;
        }
    }

    private static void AddTwice<TRows>(in MatMulNf4Codes codes, float* x, float* sums)
        where TRows : struct, ITileRows
    {
        MatMulNf4Tile.AddTwo<TRows>(codes, x, sums);
        MatMulNf4Tile.AddTwo<TRows>(codes.From(Outputs / 2), x, sums + (Outputs / 2));
    }
}
