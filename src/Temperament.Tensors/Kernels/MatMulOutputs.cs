using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// y = x W^T where W lies in a cache: rows of W are read where they lie, against x^T in groups of sixteen rows, which each thread lays out for itself
/// when it first meets them: waiting for each other, and fetching from each other what one of them has written, would take longer.
/// Needs AVX-512, float32, and outputs in sixteens.
/// <code>
///                W as one task                    W small: a group of rows and some outputs
///          x0 | outputs | outputs | ..           x0 | task 0 | task 1 |
///          x1 |  task 0 |  task 1 |              x1 | task 2 | task 3 |
/// </code>
/// </summary>
/// <param name="product">The product.</param>
/// <param name="scratch">Scratch of <see cref="Floats"/> floats: x^T.</param>
internal readonly unsafe struct MatMulOutputs(MatMulProduct product, ThreadScratch scratch) : IThreadJob
{
    private const int Outputs = 16;
    private const int TileFloats = Outputs * MatMulInputs.Rows;
    private const int MostRows = 80;
    private const long MostWeights = 1 << 20;

    // A quarter of a second cache: every thread can read all of it, so that tasks are cut by rows too.
    private const long FewWeights = 1 << 16;

    /// <summary>True where this path may run a product: no more than a fifth of the lanes would be empty.</summary>
    public static bool CanRun(in MatMulProduct product) =>
        Avx512F.IsSupported && product.B is not null && product.TransposedB && !product.TransposedA && product.N % Outputs == 0
        && product.M <= MostRows && (long)product.N * product.K <= MostWeights
        && MatMulInputs.Groups(product.M) * MatMulInputs.Rows * 4 <= product.M * 5;

    /// <summary>Floats of scratch that a thread needs: two tiles, then x^T.</summary>
    public static long Floats(in MatMulProduct product) => (2 * TileFloats) + MatMulInputRows.Floats(product);

    /// <summary>Number of tasks.</summary>
    public static int Tasks(in MatMulProduct product) => Blocks(MatMulInputs.Groups(product.M), GroupsOfTask(product)) * Parts(product);

    /// <summary>
    /// Lays out what the caller's first task needs. To be called before the job starts: stores wait behind those that tell the other threads of it, which
    /// take trips between processors, while the loads of a tile do not.
    /// </summary>
    public void Begin() => LayOut(0, GroupsOfTask(product), 0);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk, int thread)
    {
        int parts = Parts(product), each = UnitsOfTask(product), groups = GroupsOfTask(product);
        int first = chunk % parts * each, end = Math.Min(product.N / Outputs, first + each);
        int firstGroup = chunk / parts * groups, endGroup = Math.Min(MatMulInputs.Groups(product.M), firstGroup + groups);
        LayOut(firstGroup, endGroup, thread);
        float* tile = scratch[thread], x = tile + (2 * TileFloats);
        for (int unit = first; unit < end; unit++)
        {
            float* w = product.B + (unit * Outputs * product.BStride);
            for (int group = firstGroup; group < endGroup; group++)
            {
                int row = group * MatMulInputs.Rows;
                Run(w, x + ((nint)row * product.K), product.C + (row * product.CStride) + (unit * Outputs), Math.Min(MatMulInputs.Rows, product.M - row), tile);
            }
        }
    }

    private void LayOut(int first, int end, int thread)
    {
        for (int group = first; group < end; group++)
        {
            if (scratch.IsNew(thread, group))
            {
                new MatMulInputRows(product, scratch[thread] + (2 * TileFloats)).LayOut(group);
            }
        }
    }

    private static int GroupsOfTask(in MatMulProduct product) => (long)product.N * product.K <= FewWeights ? 1 : MatMulInputs.Groups(product.M);

    private static int UnitsOfTask(in MatMulProduct product) =>
        MatMulDirect.UnitsOfTask((long)Math.Min(product.M, GroupsOfTask(product) * MatMulInputs.Rows) * product.N * product.K, product.N / Outputs);

    private static int Parts(in MatMulProduct product) => Blocks(product.N / Outputs, UnitsOfTask(product));

    private static int Blocks(int count, int size) => (count + size - 1) / size;

    // The sums have a row for each output, y one for each row of x: they are turned on the way in and out.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run(float* w, float* x, float* y, int rows, float* tile)
    {
        float* sums = tile + TileFloats;
        if (product.Accumulate)
        {
            Copy(rows, y, product.CStride, tile, Outputs);
            Transpose16.Run(new PlainRows<FloatWeights>((byte*)tile, Outputs), 0, 0, sums, Outputs);
        }

        if (rows == MatMulInputs.Rows)
        {
            MatMulOutputsTile.Run(product.K, w, product.BStride, x, sums, product.Accumulate, y, product.CStride);
            return;
        }

        MatMulOutputsTile.Run(product.K, w, product.BStride, x, sums, product.Accumulate, tile, Outputs);
        Copy(rows, tile, Outputs, y, product.CStride);
    }

    private static void Copy(int rows, float* from, nint fromStride, float* to, nint toStride)
    {
        for (int r = 0; r < rows; r++)
        {
            Vector512.Load(from + (r * fromStride)).Store(to + (r * toStride));
        }
    }
}
