namespace Temperament.Tensors.Kernels;

/// <summary>
/// Products with few columns, as of low-rank adapters: computed as C^T = B^T A^T, so that the lanes of a register run along the many rows
/// instead of standing mostly empty. The chain of additions of each element is the same.
/// </summary>
internal static unsafe class MatMulSwap
{
    /// <summary>Most columns: with more the tiles are well filled as they are.</summary>
    public const int MostColumns = 24;

    private const int LeastRows = 32;

    /// <summary>True where the swapped product is the faster one. The shape alone decides.</summary>
    public static bool Pays(in MatMulProduct product) => product.N <= MostColumns && product.M >= LeastRows && product.B is not null;

    /// <summary>Floats of scratch: C^T, and B^T row by row.</summary>
    public static long Scratch(in MatMulProduct product) => (long)product.N * ((long)product.M + product.K);

    /// <summary>The product to run instead; its C lies in <paramref name="scratch"/>.</summary>
    public static MatMulProduct Begin(in MatMulProduct product, float* scratch)
    {
        MatMulProduct swapped = product;
        swapped.M = product.N;
        swapped.N = product.M;
        swapped.A = product.B;
        swapped.AStride = product.BStride;
        swapped.B = product.A;
        swapped.BStride = product.AStride;
        swapped.TransposedB = !product.TransposedA;
        swapped.C = scratch;
        swapped.CStride = product.M;
        swapped.TransposedA = !product.TransposedB;
        if (swapped.TransposedA && swapped.TransposedB)
        {
            swapped.A = scratch + ((long)product.N * product.M);
            swapped.AStride = product.K;
            swapped.TransposedA = false;
            Transpose(product.B, product.BStride, product.K, product.N, swapped.A, swapped.AStride);
        }

        if (product.Accumulate)
        {
            Transpose(product.C, product.CStride, product.M, product.N, scratch, product.M);
        }

        return swapped;
    }

    /// <summary>Brings C^T home.</summary>
    public static void End(in MatMulProduct product, float* scratch) =>
        Transpose(scratch, product.M, product.N, product.M, product.C, product.CStride);

    private static void Transpose(float* from, nint fromStride, int rows, int columns, float* to, nint toStride)
    {
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                to[(c * toStride) + r] = from[(r * fromStride) + c];
            }
        }
    }
}
