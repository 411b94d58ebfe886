using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The inner loop of <see cref="MatMulInputs"/>: for each sixteen columns, the sums of 8 or 16 rows of dx are taken from scratch, some rows of W added to
/// them, and put back. Each line of W is loaded once and its numbers are used where they are: lane j is column j.
/// <code>
///            16 columns of W, `depth` rows, each `stride` apart
/// dy^T  r0  |s0 ............|     s_i += dy[row i, n] * W[n, columns]
///       ..  |..             |     for each n in ascending order
///       r15 |s15 ...........|     16 registers of sums, one of W
/// </code>
/// </summary>
internal static unsafe class MatMulInputsTile
{
    // Eight lines ahead: far enough for memory to answer.
    private const int BytesAhead = 8 * 64;

    /// <summary>sums[group][i][lane] += a[k][i] * w[k][16 group + lane] for each k in ascending order.</summary>
    /// <param name="depth">Rows of W; at least 1.</param>
    /// <param name="groups">Groups of 16 columns.</param>
    /// <param name="a">Numbers of dy, <see cref="MatMulInputs.Rows"/> for each row of W.</param>
    /// <param name="w">First weight.</param>
    /// <param name="stride">Bytes between two rows of W.</param>
    /// <param name="sums">Sums, <see cref="MatMulInputs.Rows"/> by 16 for each group.</param>
    /// <param name="beyond">Bytes from the end of these columns to where they begin in the rows that come next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TWeights, TRows>(nint depth, int groups, float* a, byte* w, nint stride, float* sums, nint beyond)
        where TWeights : struct, IPlainWeights
        where TRows : struct, IInputRows
    {
        do
        {
            float* x = a;
            byte* at = w;
            nint ahead = groups * 16 * TWeights.Bytes > BytesAhead ? BytesAhead : BytesAhead + beyond;
            Vector512<float> s0 = Vector512.Load(sums + 0);
            Vector512<float> s1 = Vector512.Load(sums + 16);
            Vector512<float> s2 = Vector512.Load(sums + 32);
            Vector512<float> s3 = Vector512.Load(sums + 48);
            Vector512<float> s4 = Vector512.Load(sums + 64);
            Vector512<float> s5 = Vector512.Load(sums + 80);
            Vector512<float> s6 = Vector512.Load(sums + 96);
            Vector512<float> s7 = Vector512.Load(sums + 112);
            Vector512<float> s8 = TRows.Sixteen ? Vector512.Load(sums + 128) : default;
            Vector512<float> s9 = TRows.Sixteen ? Vector512.Load(sums + 144) : default;
            Vector512<float> s10 = TRows.Sixteen ? Vector512.Load(sums + 160) : default;
            Vector512<float> s11 = TRows.Sixteen ? Vector512.Load(sums + 176) : default;
            Vector512<float> s12 = TRows.Sixteen ? Vector512.Load(sums + 192) : default;
            Vector512<float> s13 = TRows.Sixteen ? Vector512.Load(sums + 208) : default;
            Vector512<float> s14 = TRows.Sixteen ? Vector512.Load(sums + 224) : default;
            Vector512<float> s15 = TRows.Sixteen ? Vector512.Load(sums + 240) : default;
            nint k = depth;
            do
            {
                Sse.Prefetch1(at + ahead);
                Vector512<float> v = TWeights.Load16(at);
                s0 = Vector512.FusedMultiplyAdd(Vector512.Create(x[0]), v, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Create(x[1]), v, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Create(x[2]), v, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Create(x[3]), v, s3);
                s4 = Vector512.FusedMultiplyAdd(Vector512.Create(x[4]), v, s4);
                s5 = Vector512.FusedMultiplyAdd(Vector512.Create(x[5]), v, s5);
                s6 = Vector512.FusedMultiplyAdd(Vector512.Create(x[6]), v, s6);
                s7 = Vector512.FusedMultiplyAdd(Vector512.Create(x[7]), v, s7);
                if (TRows.Sixteen)
                {
                    s8 = Vector512.FusedMultiplyAdd(Vector512.Create(x[8]), v, s8);
                    s9 = Vector512.FusedMultiplyAdd(Vector512.Create(x[9]), v, s9);
                    s10 = Vector512.FusedMultiplyAdd(Vector512.Create(x[10]), v, s10);
                    s11 = Vector512.FusedMultiplyAdd(Vector512.Create(x[11]), v, s11);
                    s12 = Vector512.FusedMultiplyAdd(Vector512.Create(x[12]), v, s12);
                    s13 = Vector512.FusedMultiplyAdd(Vector512.Create(x[13]), v, s13);
                    s14 = Vector512.FusedMultiplyAdd(Vector512.Create(x[14]), v, s14);
                    s15 = Vector512.FusedMultiplyAdd(Vector512.Create(x[15]), v, s15);
                }

                x += MatMulInputs.Rows;
                at += stride;
            }
            while (--k > 0);

            s0.Store(sums + 0);
            s1.Store(sums + 16);
            s2.Store(sums + 32);
            s3.Store(sums + 48);
            s4.Store(sums + 64);
            s5.Store(sums + 80);
            s6.Store(sums + 96);
            s7.Store(sums + 112);
            if (TRows.Sixteen)
            {
                s8.Store(sums + 128);
                s9.Store(sums + 144);
                s10.Store(sums + 160);
                s11.Store(sums + 176);
                s12.Store(sums + 192);
                s13.Store(sums + 208);
                s14.Store(sums + 224);
                s15.Store(sums + 240);
            }

            w += 16 * TWeights.Bytes;
            sums += MatMulInputs.Rows * 16;
        }
        while (--groups > 0);
    }
}

/// <summary>Whether a tile of <see cref="MatMulInputsTile"/> has sixteen rows or eight, as a type.</summary>
internal interface IInputRows
{
    /// <summary>True for sixteen.</summary>
    static abstract bool Sixteen { get; }
}

/// <summary>Sixteen rows.</summary>
internal readonly struct SixteenInputRows : IInputRows
{
    /// <inheritdoc/>
    public static bool Sixteen => true;
}

/// <summary>Eight rows.</summary>
internal readonly struct EightInputRows : IInputRows
{
    /// <inheritdoc/>
    public static bool Sixteen => false;
}
