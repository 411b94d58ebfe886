using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Products of which one side is as slim as the rank of an adapter: the large factor is used once for each of its few columns, so packing it would take
/// longer than the product. It is read where it lies, in one job; the slim factor stays in a cache.
/// <code>
/// C (M, 16) = A B            a task is some rows of C; lanes run along the 16
/// C (M, 16) += A^T B         a task is some rows of C
/// C (16, N) += A^T B         a task is some columns of C: 32 lanes, and eight to twelve rows together
/// </code>
/// With A^T the depth goes in blocks, so that what a task reads of A and B in one of them stays in the first two caches. Needs AVX-512 and float32.
/// </summary>
/// <param name="product">The product.</param>
/// <param name="scratch">Scratch of <see cref="Floats"/> floats, which each thread fills for itself.</param>
internal readonly unsafe struct MatMulSlim(MatMulProduct product, ThreadScratch scratch) : IThreadJob
{
    private const int MostSlim = 32;
    private const int LeastLong = 32;
    private const int Depth = 64;

    /// <summary>True where this path may run a product.</summary>
    public static bool CanRun(in MatMulProduct product)
    {
        if (!Avx512F.IsSupported || product.B is null || product.N % 16 != 0)
        {
            return false;
        }

        bool fewColumns = product.N <= MostSlim && product.M >= LeastLong;
        return product.TransposedA ? !product.TransposedB && (fewColumns || (product.M is >= 8 and <= MostSlim && product.N >= LeastLong)) : fewColumns;
    }

    /// <summary>Floats of scratch that a thread needs: B with its rows in the depth.</summary>
    public static long Floats(in MatMulProduct product) => product.TransposedB ? (long)product.K * product.N : 0;

    /// <summary>Number of tasks.</summary>
    public static int Tasks(in MatMulProduct product)
    {
        int units = Units(product), each = MatMulDirect.UnitsOfTask((long)product.M * product.N * product.K, units);
        return (units + each - 1) / each;
    }

    /// <inheritdoc/>
    public void Run(int chunk, int thread)
    {
        float* b = product.B;
        nint bDepth = product.BStride;
        if (product.TransposedB)
        {
            b = scratch[thread];
            bDepth = product.N;
            if (scratch.IsNew(thread, 0))
            {
                Turn(b);
            }
        }

        int units = Units(product), each = MatMulDirect.UnitsOfTask((long)product.M * product.N * product.K, units);
        int first = chunk * each, end = Math.Min(units, first + each);
        if (IsWide(product))
        {
            int column = first * MatMulPlan.TileColumns;
            Run(0, product.M, column, Math.Min(product.N, end * MatMulPlan.TileColumns) - column, b + column, bDepth);
        }
        else
        {
            int row = first * MatMulPlan.TileRows;
            Run(row, Math.Min(product.M, end * MatMulPlan.TileRows) - row, 0, product.N, b, bDepth);
        }
    }

    // Few rows and many columns.
    private static bool IsWide(in MatMulProduct product) => product.N > MostSlim;

    private static int Units(in MatMulProduct product) => IsWide(product)
        ? (product.N + MatMulPlan.TileColumns - 1) / MatMulPlan.TileColumns
        : (product.M + MatMulPlan.TileRows - 1) / MatMulPlan.TileRows;

    private void Run(int row, int rows, int column, int columns, float* b, nint bDepth)
    {
        int groups = (rows + MatMulPlan.TileRows - 1) / MatMulPlan.TileRows, size = IsWide(product) ? (rows + groups - 1) / groups : MatMulPlan.TileRows;
        MatMulProduct part = product;
        int depth = product.TransposedA ? Depth : product.K;
        for (int k = 0; k < product.K; k += depth)
        {
            part.K = Math.Min(depth, product.K - k);
            part.A = product.A + (k * (product.TransposedA ? product.AStride : 1));
            part.Accumulate = product.Accumulate || k > 0;
            var direct = new MatMulDirect(part, scratch);
            for (int r = 0; r < rows; r += size)
            {
                direct.Run(row + r, Math.Min(size, rows - r), column, columns, b + (k * bDepth), bDepth, MatMulPlan.TileColumns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Turn(float* to)
    {
        var rows = new PlainRows<FloatWeights>((byte*)product.B, product.BStride);
        for (int n = 0; n < product.N; n += 16)
        {
            int k = 0;
            for (; k <= product.K - 16; k += 16)
            {
                Transpose16.Run(rows, n, k, to + ((nint)k * product.N) + n, product.N);
            }

            for (; k < product.K; k++)
            {
                for (int r = 0; r < 16; r++)
                {
                    to[((nint)k * product.N) + n + r] = rows.Load(n + r, k);
                }
            }
        }
    }
}
