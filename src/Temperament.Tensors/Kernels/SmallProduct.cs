using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Products of the small matrices inside attention: C(M, N) [+]= A(M, K) B(K, N). Each element is one chain of fused multiply-adds in
/// ascending k, from the old value or 0; lanes are columns, so the bits depend on neither M, N nor the vector width.
/// </summary>
/// <remarks>
/// The tile is 8 rows by 32 columns where there are 32 registers: 16 sums, two registers of B, one broadcast of A for two multiply-adds.
/// Narrower machines take 4 rows, which is half the sums.
/// </remarks>
internal static unsafe class SmallProduct
{
    /// <summary>Runs the product.</summary>
    /// <param name="c">C, row stride <paramref name="cRow"/>.</param>
    /// <param name="cRow">Floats between rows of C.</param>
    /// <param name="a">A; element (m, k) at m * <paramref name="aRow"/> + k * <paramref name="aColumn"/>.</param>
    /// <param name="aRow">Floats between rows of A.</param>
    /// <param name="aColumn">Floats between columns of A.</param>
    /// <param name="b">B, row stride <paramref name="bRow"/>.</param>
    /// <param name="bRow">Floats between rows of B.</param>
    /// <param name="M">Rows of C.</param>
    /// <param name="K">Terms of each sum.</param>
    /// <param name="N">Columns of C.</param>
    /// <param name="accumulate">Starts from the old value of C instead of 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float* c, int cRow, float* a, int aRow, int aColumn, float* b, int bRow, int M, int K, int N, bool accumulate)
    {
        int m = 0;
        for (; Avx512F.IsSupported && m + 8 <= M; m += 8)
        {
            EightRows(c + ((long)m * cRow), cRow, a + ((long)m * aRow), aRow, aColumn, b, bRow, K, N, accumulate);
        }

        for (; m + 4 <= M; m += 4)
        {
            FourRows(c + ((long)m * cRow), cRow, a + ((long)m * aRow), aRow, aColumn, b, bRow, K, N, accumulate);
        }

        for (; m < M; m++)
        {
            OneRow(c + ((long)m * cRow), a + ((long)m * aRow), aColumn, b, bRow, K, N, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightRows(float* c, nint cRow, float* a, nint aRow, nint aColumn, float* b, nint bRow, int K, int N, bool accumulate)
    {
        nint r3 = 3 * aRow, r5 = 5 * aRow, r7 = 7 * aRow;
        int n = 0;
        for (; n + 32 <= N; n += 32)
        {
            Vector512<float> p0 = default, p1 = default, p2 = default, p3 = default, p4 = default, p5 = default, p6 = default, p7 = default;
            Vector512<float> q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default, q6 = default, q7 = default;
            float* to = c + n;
            if (accumulate)
            {
                (p0, p1, p2, p3) = (Vector512.Load(to), Vector512.Load(to + cRow), Vector512.Load(to + (2 * cRow)), Vector512.Load(to + (3 * cRow)));
                (p4, p5, p6, p7) = (Vector512.Load(to + (4 * cRow)), Vector512.Load(to + (5 * cRow)), Vector512.Load(to + (6 * cRow)), Vector512.Load(to + (7 * cRow)));
                (q0, q1, q2, q3) = (Vector512.Load(to + 16), Vector512.Load(to + cRow + 16), Vector512.Load(to + (2 * cRow) + 16), Vector512.Load(to + (3 * cRow) + 16));
                (q4, q5, q6, q7) = (Vector512.Load(to + (4 * cRow) + 16), Vector512.Load(to + (5 * cRow) + 16), Vector512.Load(to + (6 * cRow) + 16), Vector512.Load(to + (7 * cRow) + 16));
            }

            float* x = a, y = b + n;
            for (int k = 0; k < K; k++, x += aColumn, y += bRow)
            {
                Vector512<float> left = Vector512.Load(y), right = Vector512.Load(y + 16);
                Vector512<float> value = Vector512.Create(x[0]);
                p0 = Vector512.FusedMultiplyAdd(value, left, p0);
                q0 = Vector512.FusedMultiplyAdd(value, right, q0);
                value = Vector512.Create(x[aRow]);
                p1 = Vector512.FusedMultiplyAdd(value, left, p1);
                q1 = Vector512.FusedMultiplyAdd(value, right, q1);
                value = Vector512.Create(x[2 * aRow]);
                p2 = Vector512.FusedMultiplyAdd(value, left, p2);
                q2 = Vector512.FusedMultiplyAdd(value, right, q2);
                value = Vector512.Create(x[r3]);
                p3 = Vector512.FusedMultiplyAdd(value, left, p3);
                q3 = Vector512.FusedMultiplyAdd(value, right, q3);
                value = Vector512.Create(x[4 * aRow]);
                p4 = Vector512.FusedMultiplyAdd(value, left, p4);
                q4 = Vector512.FusedMultiplyAdd(value, right, q4);
                value = Vector512.Create(x[r5]);
                p5 = Vector512.FusedMultiplyAdd(value, left, p5);
                q5 = Vector512.FusedMultiplyAdd(value, right, q5);
                value = Vector512.Create(x[2 * r3]);
                p6 = Vector512.FusedMultiplyAdd(value, left, p6);
                q6 = Vector512.FusedMultiplyAdd(value, right, q6);
                value = Vector512.Create(x[r7]);
                p7 = Vector512.FusedMultiplyAdd(value, left, p7);
                q7 = Vector512.FusedMultiplyAdd(value, right, q7);
            }

            p0.Store(to);
            q0.Store(to + 16);
            p1.Store(to + cRow);
            q1.Store(to + cRow + 16);
            p2.Store(to + (2 * cRow));
            q2.Store(to + (2 * cRow) + 16);
            p3.Store(to + (3 * cRow));
            q3.Store(to + (3 * cRow) + 16);
            p4.Store(to + (4 * cRow));
            q4.Store(to + (4 * cRow) + 16);
            p5.Store(to + (5 * cRow));
            q5.Store(to + (5 * cRow) + 16);
            p6.Store(to + (6 * cRow));
            q6.Store(to + (6 * cRow) + 16);
            p7.Store(to + (7 * cRow));
            q7.Store(to + (7 * cRow) + 16);
        }

        for (int m = 0; n < N && m < 8; m++)
        {
            OneRow(c + (m * cRow) + n, a + (m * aRow), (int)aColumn, b + n, (int)bRow, K, N - n, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(
        float* c, int cRow, float* a, int aRow, int aColumn, float* b, int bRow, int K, int N, bool accumulate)
    {
        float* c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        nint r1 = aRow, r2 = 2 * (nint)aRow, r3 = 3 * (nint)aRow;
        int n = 0;
        for (; n + 32 <= N; n += 32)
        {
            Vector512<float> p0 = default, p1 = default, p2 = default, p3 = default, q0 = default, q1 = default, q2 = default, q3 = default;
            if (accumulate)
            {
                (p0, p1, p2, p3) = (Vector512.Load(c + n), Vector512.Load(c1 + n), Vector512.Load(c2 + n), Vector512.Load(c3 + n));
                (q0, q1, q2, q3) = (Vector512.Load(c + n + 16), Vector512.Load(c1 + n + 16), Vector512.Load(c2 + n + 16), Vector512.Load(c3 + n + 16));
            }

            float* x = a, y = b + n;
            for (int k = 0; k < K; k++, x += aColumn, y += bRow)
            {
                Vector512<float> left = Vector512.Load(y), right = Vector512.Load(y + 16);
                Vector512<float> x0 = Vector512.Create(x[0]), x1 = Vector512.Create(x[r1]);
                Vector512<float> x2 = Vector512.Create(x[r2]), x3 = Vector512.Create(x[r3]);
                p0 = Vector512.FusedMultiplyAdd(x0, left, p0);
                q0 = Vector512.FusedMultiplyAdd(x0, right, q0);
                p1 = Vector512.FusedMultiplyAdd(x1, left, p1);
                q1 = Vector512.FusedMultiplyAdd(x1, right, q1);
                p2 = Vector512.FusedMultiplyAdd(x2, left, p2);
                q2 = Vector512.FusedMultiplyAdd(x2, right, q2);
                p3 = Vector512.FusedMultiplyAdd(x3, left, p3);
                q3 = Vector512.FusedMultiplyAdd(x3, right, q3);
            }

            p0.Store(c + n);
            q0.Store(c + n + 16);
            p1.Store(c1 + n);
            q1.Store(c1 + n + 16);
            p2.Store(c2 + n);
            q2.Store(c2 + n + 16);
            p3.Store(c3 + n);
            q3.Store(c3 + n + 16);
        }

        if (n < N)
        {
            for (int m = 0; m < 4; m++)
            {
                OneRow(c + ((long)m * cRow) + n, a + ((long)m * aRow), aColumn, b + n, bRow, K, N - n, accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(float* c, float* a, int aColumn, float* b, int bRow, int K, int N, bool accumulate)
    {
        int n = 0;
        for (; n + 64 <= N; n += 64)
        {
            Vector512<float> p0 = default, p1 = default, p2 = default, p3 = default;
            if (accumulate)
            {
                (p0, p1, p2, p3) = (Vector512.Load(c + n), Vector512.Load(c + n + 16), Vector512.Load(c + n + 32), Vector512.Load(c + n + 48));
            }

            float* x = a, y = b + n;
            for (int k = 0; k < K; k++, x += aColumn, y += bRow)
            {
                Vector512<float> x0 = Vector512.Create(*x);
                p0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(y), p0);
                p1 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(y + 16), p1);
                p2 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(y + 32), p2);
                p3 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(y + 48), p3);
            }

            p0.Store(c + n);
            p1.Store(c + n + 16);
            p2.Store(c + n + 32);
            p3.Store(c + n + 48);
        }

        for (; n + 16 <= N; n += 16)
        {
            Vector512<float> p = accumulate ? Vector512.Load(c + n) : default;
            float* x = a, y = b + n;
            for (int k = 0; k < K; k++, x += aColumn, y += bRow)
            {
                p = Vector512.FusedMultiplyAdd(Vector512.Create(*x), Vector512.Load(y), p);
            }

            p.Store(c + n);
        }

        for (; n < N; n++)
        {
            float sum = accumulate ? c[n] : 0;
            float* x = a, y = b + n;
            for (int k = 0; k < K; k++, x += aColumn, y += bRow)
            {
                sum = MathF.FusedMultiplyAdd(*x, *y, sum);
            }

            c[n] = sum;
        }
    }
}
