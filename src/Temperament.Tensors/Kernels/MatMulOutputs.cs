using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// y = x W^T where W lies in a cache: a task is some outputs, whose rows of W are read where they lie, against x^T in groups of sixteen rows, which
/// each thread lays out for itself before its first task: waiting for each other would take longer. Needs AVX-512, float32, and outputs in sixteens.
/// </summary>
/// <param name="product">The product.</param>
/// <param name="scratch">Scratch of <see cref="Floats"/> floats: x^T.</param>
/// <param name="laidOut">For each thread, <see cref="Apart"/> numbers apart, whether it has laid out x^T; zeros at first.</param>
internal readonly unsafe struct MatMulOutputs(MatMulProduct product, ThreadScratch scratch, int* laidOut) : IThreadJob
{
    /// <summary>Distance of the marks of two threads: a pair of cache lines.</summary>
    public const int Apart = 32;

    private const int Outputs = 16;
    private const int MostRows = 80;
    private const long MostWeights = 1 << 20;

    // With more rows and fewer weights than that, laying x^T out and turning tiles takes longer than packing both sides together.
    private const int FewRows = 32;
    private const long FewWeights = 1 << 14;

    /// <summary>True where this path may run a product: no more than a fifth of the lanes would be empty.</summary>
    public static bool CanRun(in MatMulProduct product) =>
        Avx512F.IsSupported && product.B is not null && product.TransposedB && !product.TransposedA && product.N % Outputs == 0
        && product.M <= MostRows && (long)product.N * product.K <= MostWeights && (product.M <= FewRows || (long)product.N * product.K > FewWeights)
        && MatMulInputs.Groups(product.M) * MatMulInputs.Rows * 4 <= product.M * 5;

    /// <summary>Floats of scratch that a thread needs.</summary>
    public static long Floats(in MatMulProduct product) => MatMulInputRows.Floats(product);

    /// <summary>Number of tasks.</summary>
    public static int Tasks(in MatMulProduct product)
    {
        int units = product.N / Outputs, each = MatMulDirect.UnitsOfTask(product, units);
        return (units + each - 1) / each;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk, int thread)
    {
        float* x = scratch[thread];
        if (laidOut[thread * Apart] == 0)
        {
            var rows = new MatMulInputRows(product, x);
            for (int i = 0; i < MatMulInputRows.Chunks(product); i++)
            {
                rows.Run(i);
            }

            laidOut[thread * Apart] = 1;
        }

        int units = product.N / Outputs, each = MatMulDirect.UnitsOfTask(product, units), end = Math.Min(units, (chunk + 1) * each);
        float* sums = stackalloc float[Outputs * MatMulInputs.Rows];
        for (int unit = chunk * each; unit < end; unit++)
        {
            float* w = product.B + (unit * Outputs * product.BStride);
            for (int group = 0; group < MatMulInputs.Groups(product.M); group++)
            {
                int row = group * MatMulInputs.Rows;
                Run(w, x + ((nint)row * product.K), product.C + (row * product.CStride) + (unit * Outputs), Math.Min(MatMulInputs.Rows, product.M - row), sums);
            }
        }
    }

    // The sums have a row for each output, y one for each row of x: they are transposed on the way in and out.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run(float* w, float* x, float* y, int rows, float* sums)
    {
        float* block = stackalloc float[Outputs * MatMulInputs.Rows];
        if (product.Accumulate)
        {
            for (int r = 0; r < rows; r++)
            {
                Vector512.Load(y + (r * product.CStride)).Store(block + (r * Outputs));
            }

            Transpose16.Run(new PlainRows<FloatWeights>((byte*)block, Outputs), 0, 0, sums, Outputs);
        }

        MatMulOutputsTile.Run(product.K, w, product.BStride, x, sums, product.Accumulate);
        Transpose16.Run(new PlainRows<FloatWeights>((byte*)sums, Outputs), 0, 0, block, Outputs);
        for (int r = 0; r < rows; r++)
        {
            Vector512.Load(block + (r * Outputs)).Store(y + (r * product.CStride));
        }
    }
}
