using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// dx = dy W for few rows, with float32 or bfloat16 weights: W is read row by row, in long pieces, from where it lies. A task is a piece of columns of
/// dx, whose sums it keeps in scratch, sixteen columns after the other, while it goes down the rows of W thirty-two at a time.
/// Needs AVX-512 and columns in sixteens.
/// </summary>
/// <param name="product">The product.</param>
/// <param name="columns">Columns of a task.</param>
/// <param name="transposed">dy^T as <see cref="MatMulInputRows"/> lays it out.</param>
/// <param name="scratch">Scratch of <see cref="ThreadScratch"/> floats.</param>
internal readonly unsafe struct MatMulInputs(MatMulProduct product, int columns, float* transposed, ThreadScratch scratch) : IThreadJob
{
    /// <summary>Rows of dx whose sums are in registers together.</summary>
    public const int Rows = 16;

    // With more rows it pays to pack W, unless it lies in a cache and is large enough for the sums to be moved seldom.
    private const int FewRows = 32;
    private const int MostRows = 80;
    private const long LeastWeights = 1 << 17, MostWeights = 1 << 20;

    /// <summary>Floats of scratch that a thread needs: the sums.</summary>
    public const long ThreadScratch = MostRows * MostColumns;

    // Two KiB of a row of float32 weights; the sums of 64 rows are 128 KiB.
    private const int MostColumns = 512;
    private const int LeastColumns = 32;
    private const int WantedTasks = 4;

    // Rows of W that are added at once: twice as many, at a distance of a power of two, still lie side by side in a second cache of 16 ways.
    private const int Depth = 32;

    /// <summary>True where this path may run a product.</summary>
    public static bool CanRun(in MatMulProduct product) =>
        Avx512F.IsSupported && product.IsPlain && !product.TransposedA && !product.TransposedB && product.N % 16 == 0
        && (product.M <= FewRows || (product.M <= MostRows && (long)product.N * product.K is >= LeastWeights and <= MostWeights));

    /// <summary>Columns of a task, by the shape alone.</summary>
    /// <param name="all">Columns of dx.</param>
    public static int ColumnsOfTask(int all) => Math.Clamp((all / WantedTasks) + 15 & ~15, LeastColumns, MostColumns);

    /// <summary>Groups of rows.</summary>
    /// <param name="rows">Rows of dx.</param>
    public static int Groups(int rows) => (rows + Rows - 1) / Rows;

    /// <inheritdoc/>
    public void Run(int chunk, int thread)
    {
        if (product.Halves is not null)
        {
            Run<HalfWeights>((byte*)product.Halves, chunk, thread);
        }
        else
        {
            Run<FloatWeights>((byte*)product.B, chunk, thread);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TWeights>(byte* weights, int chunk, int thread)
        where TWeights : struct, IPlainWeights
    {
        int column = chunk * columns, width = Math.Min(columns, product.N - column), groups = Groups(product.M);
        float* sums = scratch[thread];
        nint groupSums = (nint)width * Rows, stride = product.BStride * TWeights.Bytes, beyond = (Depth * stride) - ((nint)width * TWeights.Bytes);
        Move(column, width, sums, take: true);
        for (int k = 0; k < product.K; k += Depth)
        {
            int depth = Math.Min(Depth, product.K - k);
            byte* w = weights + (k * stride) + ((nint)column * TWeights.Bytes);
            for (int group = 0; group < groups; group++)
            {
                float* a = transposed + ((((nint)group * product.K) + k) * Rows);
                if (product.M - (group * Rows) > Rows / 2)
                {
                    MatMulInputsTile.Run<TWeights, SixteenInputRows>(depth, width / 16, a, w, stride, sums + (group * groupSums), beyond);
                }
                else
                {
                    MatMulInputsTile.Run<TWeights, EightInputRows>(depth, width / 16, a, w, stride, sums + (group * groupSums), beyond);
                }
            }
        }

        Move(column, width, sums, take: false);
    }

    // Takes the sums from dx, or zeros; or puts them there. Rows beyond the last have sums that nobody reads.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Move(int column, int width, float* sums, bool take)
    {
        for (int m = 0; m < Groups(product.M) * Rows; m++)
        {
            float* at = sums + ((nint)(m / Rows) * width * Rows) + (m % Rows * 16), c = product.C + (m * product.CStride) + column;
            bool zero = m >= product.M || !product.Accumulate;
            for (int i = 0; i < width; i += 16, at += Rows * 16)
            {
                if (take)
                {
                    (zero ? Vector512<float>.Zero : Vector512.Load(c + i)).Store(at);
                }
                else if (m < product.M)
                {
                    Vector512.Load(at).Store(c + i);
                }
            }
        }
    }
}

/// <summary>Lays out dy^T in groups of <see cref="MatMulInputs.Rows"/> rows of dy: for each column of it their numbers, zeros beyond the last row.</summary>
internal readonly unsafe struct MatMulInputRows(MatMulProduct product, float* to) : IParallelJob
{
    private const int ChunkColumns = 256;

    /// <summary>Number of chunks.</summary>
    public static int Chunks(in MatMulProduct product) => MatMulInputs.Groups(product.M) * Pieces(product);

    /// <summary>Floats of the target.</summary>
    public static long Floats(in MatMulProduct product) => (long)MatMulInputs.Groups(product.M) * MatMulInputs.Rows * product.K;

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        int first = chunk % Pieces(product) * ChunkColumns;
        LayOut(chunk / Pieces(product), first, Math.Min(product.K, first + ChunkColumns));
    }

    /// <summary>Lays out a whole group.</summary>
    public void LayOut(int group) => LayOut(group, 0, product.K);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LayOut(int group, int first, int end)
    {
        int row = group * MatMulInputs.Rows, rows = Math.Min(MatMulInputs.Rows, product.M - row), k = first;
        float* from = product.A + (row * product.AStride), target = to + ((nint)group * product.K * MatMulInputs.Rows);
        if (rows == MatMulInputs.Rows)
        {
            var source = new PlainRows<FloatWeights>((byte*)from, product.AStride);
            for (; k <= end - 16; k += 16)
            {
                Transpose16.Run(source, 0, k, target + ((nint)k * MatMulInputs.Rows), MatMulInputs.Rows);
            }
        }

        for (; k < end; k++)
        {
            for (int r = 0; r < MatMulInputs.Rows; r++)
            {
                target[((nint)k * MatMulInputs.Rows) + r] = r < rows ? from[(r * product.AStride) + k] : 0;
            }
        }
    }

    private static int Pieces(in MatMulProduct product) => (product.K + ChunkColumns - 1) / ChunkColumns;
}
