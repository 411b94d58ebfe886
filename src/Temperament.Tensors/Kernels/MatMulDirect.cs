using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Products whose matrices lie in a cache: nothing is packed by one thread for another, so that one job is all. Waiting for the threads twice costs more
/// than a small product itself, and so does fetching from another processor what it has just written.
/// A task is a block of rows of dW; columns of dx, or rows of it where there are many; rows of y. dx and dW read both matrices where they lie; for y
/// each thread turns W for itself when it begins. Needs AVX-512, and columns in sixteens.
/// </summary>
/// <param name="product">The product.</param>
/// <param name="scratch">Scratch of <see cref="Floats"/> floats: W^T in panels of 32 columns, for y only.</param>
internal readonly unsafe struct MatMulDirect(MatMulProduct product, ThreadScratch scratch) : IThreadJob
{
    // The rows of activations: contracted in dW, computed in dx.
    private const int FewRows = 80;
    private const long MostWeights = 1 << 20;

    // Numbers that fill a quarter of a second cache, and all of it: every thread reads all weights, or all activations.
    private const long FewWeights = 1 << 16, MostActivations = 1 << 20;

    /// <summary>True where this path may run a product.</summary>
    public static bool CanRun(in MatMulProduct product)
    {
        if (!Avx512F.IsSupported || !product.IsPlain || product.N % 16 != 0)
        {
            return false;
        }

        long weights = (long)product.N * (product.TransposedA ? product.M : product.K);
        if (product.TransposedB)
        {
            return !product.TransposedA && product.M > FewRows && weights <= FewWeights;
        }

        return product.B is not null && (product.TransposedA
            ? weights <= MostWeights && (product.K <= FewRows || (long)product.K * (product.M + product.N) <= MostActivations)
            : product.M <= FewRows ? weights <= MostWeights : weights <= FewWeights);
    }

    /// <summary>Floats of scratch that a thread needs.</summary>
    public static long Floats(in MatMulProduct product) =>
        product.TransposedB ? (long)Blocks(product.N, MatMulPlan.TileColumns) * MatMulPlan.TileColumns * product.K : 0;

    /// <summary>Number of tasks.</summary>
    public static int Tasks(in MatMulProduct product)
    {
        int units = Units(product);
        return Blocks(units, UnitsOfTask(Work(product), units));
    }

    /// <summary>Units of a task: 4 to 16 tasks, none smaller than some tenths of a microsecond where it can be had, and an even number of them.</summary>
    /// <param name="work">Multiply-adds of all tasks.</param>
    /// <param name="units">Units in all.</param>
    public static int UnitsOfTask(long work, int units)
    {
        const int LeastTasks = 4, MostTasks = 16, LogWorkOfTask = 16;
        int wanted = (int)Math.Clamp(work >> LogWorkOfTask, LeastTasks, MostTasks);
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
        int units = Units(product), each = UnitsOfTask(Work(product), units), first = chunk * each, end = Math.Min(units, first + each);
        float* b = product.B;
        nint bDepth = product.BStride, bTile = MatMulPlan.TileColumns;
        if (product.TransposedB)
        {
            b = scratch[thread];
            bDepth = MatMulPlan.TileColumns;
            bTile = (nint)product.K * MatMulPlan.TileColumns;
            if (scratch.IsNew(thread, 0))
            {
                MatMulPrefetch nothing = default;
                MatMulColumns.Pack(product, 0, product.K, 0, product.N, b, ref nothing, 0);
            }
        }

        if (ByRows(product))
        {
            int size = Blocks(product.M, units);
            for (int unit = first; unit < end; unit++)
            {
                Run(unit * size, Math.Min(size, product.M - (unit * size)), 0, product.N, b, bDepth, bTile);
            }
        }
        else
        {
            int column = first * MatMulPlan.TileColumns, columns = Math.Min(each * MatMulPlan.TileColumns, product.N - column);
            int groups = Blocks(product.M, MatMulPlan.TileRows), size = Blocks(product.M, groups);
            for (int row = 0; row < product.M; row += size)
            {
                Run(row, Math.Min(size, product.M - row), column, columns, b + column, bDepth, bTile);
            }
        }
    }

    private static bool ByRows(in MatMulProduct product) => product.TransposedA || product.M > FewRows;

    // An even number of row groups, or every tile of columns.
    private static int Units(in MatMulProduct product) =>
        ByRows(product) ? Blocks(product.M, MatMulPlan.TileRows) + 1 & ~1 : Blocks(product.N, MatMulPlan.TileColumns);

    private static long Work(in MatMulProduct product) => (long)product.M * product.N * product.K;

    private static int Blocks(int count, int size) => (count + size - 1) / size;

    /// <summary>Computes a block of C.</summary>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows: at most <see cref="MatMulPlan.TileRows"/>.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns, in sixteens.</param>
    /// <param name="b">First number of these columns of B.</param>
    /// <param name="bDepth">Floats between two depths of B.</param>
    /// <param name="bTile">Floats from 32 columns of B to the next.</param>
    internal void Run(int row, int rows, int column, int columns, float* b, nint bDepth, nint bTile)
    {
        nint aRow = product.TransposedA ? 1 : product.AStride, aDepth = product.TransposedA ? product.AStride : 1;
        float* a = product.A + (row * aRow), c = product.C + (row * product.CStride) + column;
        int wide = columns / MatMulPlan.TileColumns;
        if (wide > 0)
        {
            Run<TwoWide>(rows, wide, a, aRow, aDepth, b, bDepth, bTile, c);
        }

        if (columns % MatMulPlan.TileColumns != 0)
        {
            Run<OneWide>(rows, 1, a, aRow, aDepth, b + (wide * bTile), bDepth, bTile, c + (wide * MatMulPlan.TileColumns));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TWidth>(int rows, int tiles, float* a, nint aRow, nint aDepth, float* b, nint bDepth, nint bTile, float* c)
        where TWidth : struct, ITileWidth
    {
        switch (rows)
        {
            case 1: MatMulDirectTile.Run<OneRow, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 2: MatMulDirectTile.Run<TwoRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 3: MatMulDirectTile.Run<ThreeRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 4: MatMulDirectTile.Run<FourRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 5: MatMulDirectTile.Run<FiveRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 6: MatMulDirectTile.Run<SixRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 7: MatMulDirectTile.Run<SevenRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 8: MatMulDirectTile.Run<EightRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 9: MatMulDirectTile.Run<NineRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 10: MatMulDirectTile.Run<TenRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 11: MatMulDirectTile.Run<ElevenRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
            case 12: MatMulDirectTile.Run<TwelveRows, TWidth>(tiles, product.K, a, aRow, aDepth, b, bDepth, bTile, c, product.CStride, product.Accumulate); break;
        }
    }
}
