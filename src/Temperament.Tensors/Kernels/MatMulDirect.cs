using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// dx = dy W and dW = dy^T x where the matrices lie in a cache and few rows are contracted or computed: nothing is packed, so that one job is all.
/// Packing would cost as much as it saves, and waiting for the threads twice costs more than the product itself.
/// A task is a block of rows of dW, or of columns of dx. Needs AVX-512, float32, and columns in sixteens.
/// </summary>
internal readonly unsafe struct MatMulDirect(MatMulProduct product) : IThreadJob
{
    // The rows of activations: contracted in dW, computed in dx.
    private const int MostRows = 80;
    private const long MostWeights = 1 << 20;

    /// <summary>True where this path may run a product.</summary>
    public static bool CanRun(in MatMulProduct product) =>
        Avx512F.IsSupported && product.B is not null && !product.TransposedB && product.N % 16 == 0
        && (product.TransposedA
            ? product.K <= MostRows && (long)product.M * product.N <= MostWeights
            : product.M <= MostRows && (long)product.N * product.K <= MostWeights);

    /// <summary>Number of tasks.</summary>
    public static int Tasks(in MatMulProduct product)
    {
        int units = Units(product);
        return Blocks(units, UnitsOfTask(product, units));
    }

    /// <summary>Units of a task: 4 to 16 tasks, none smaller than some tenths of a microsecond where it can be had, and an even number of them.</summary>
    /// <param name="product">The product.</param>
    /// <param name="units">Units in all.</param>
    public static int UnitsOfTask(in MatMulProduct product, int units)
    {
        const int LeastTasks = 4, MostTasks = 16, LogWorkOfTask = 16;
        int wanted = (int)Math.Clamp((long)product.M * product.N * product.K >> LogWorkOfTask, LeastTasks, MostTasks);
        int each = Math.Max(1, units / wanted);
        while (each > 1 && Blocks(units, each) % 2 != 0)
        {
            each--;
        }

        return each;
    }

    /// <inheritdoc/>
    public void Run(int chunk, int thread)
    {
        int units = Units(product), each = UnitsOfTask(product, units), first = chunk * each;
        if (product.TransposedA)
        {
            int size = Blocks(product.M, units);
            for (int unit = first; unit < Math.Min(units, first + each); unit++)
            {
                Run(unit * size, Math.Min(size, product.M - (unit * size)), 0, product.N);
            }
        }
        else
        {
            int column = first * MatMulPlan.TileColumns, columns = Math.Min(each * MatMulPlan.TileColumns, product.N - column);
            int groups = Blocks(product.M, MatMulPlan.TileRows), size = Blocks(product.M, groups);
            for (int row = 0; row < product.M; row += size)
            {
                Run(row, Math.Min(size, product.M - row), column, columns);
            }
        }
    }

    // An even number of row groups, or every tile of columns.
    private static int Units(in MatMulProduct product) =>
        product.TransposedA ? Blocks(product.M, MatMulPlan.TileRows) + 1 & ~1 : Blocks(product.N, MatMulPlan.TileColumns);

    private static int Blocks(int count, int size) => (count + size - 1) / size;

    private void Run(int row, int rows, int column, int columns)
    {
        nint aRow = product.TransposedA ? 1 : product.AStride, aDepth = product.TransposedA ? product.AStride : 1;
        float* a = product.A + (row * aRow), b = product.B + column, c = product.C + (row * product.CStride) + column;
        int wide = columns / MatMulPlan.TileColumns;
        if (wide > 0)
        {
            Run<TwoWide>(rows, wide, a, aRow, aDepth, b, c);
        }

        if (columns % MatMulPlan.TileColumns != 0)
        {
            Run<OneWide>(rows, 1, a, aRow, aDepth, b + (wide * MatMulPlan.TileColumns), c + (wide * MatMulPlan.TileColumns));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TWidth>(int rows, int tiles, float* a, nint aRow, nint aDepth, float* b, float* c)
        where TWidth : struct, ITileWidth
    {
        switch (rows)
        {
            case 1: MatMulDirectTile.Run<OneRow, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 2: MatMulDirectTile.Run<TwoRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 3: MatMulDirectTile.Run<ThreeRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 4: MatMulDirectTile.Run<FourRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 5: MatMulDirectTile.Run<FiveRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 6: MatMulDirectTile.Run<SixRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 7: MatMulDirectTile.Run<SevenRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 8: MatMulDirectTile.Run<EightRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 9: MatMulDirectTile.Run<NineRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 10: MatMulDirectTile.Run<TenRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 11: MatMulDirectTile.Run<ElevenRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
            case 12: MatMulDirectTile.Run<TwelveRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, product.BStride, c, product.CStride, product.Accumulate); break;
        }
    }
}
