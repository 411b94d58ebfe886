using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// The tile of <see cref="MatMulOutputs"/>: 16 outputs by 16 rows of x, a lane a row of x. The rows of W are read where they lie; sixteen of them are
/// reached from six addresses and two distances.
/// </summary>
internal static unsafe class MatMulOutputsTile
{
    /// <summary>y[lane][i] = fma(w[i][k], x[k][lane], sums[i][lane] or 0) for each k in ascending order.</summary>
    /// <param name="depth">Number of products in each sum; at least 1.</param>
    /// <param name="w">First of sixteen rows of W.</param>
    /// <param name="stride">Floats between two rows of W.</param>
    /// <param name="x">Sixteen numbers for each depth.</param>
    /// <param name="sums">16 by 16 sums.</param>
    /// <param name="accumulate">True to start from what is in <paramref name="sums"/>.</param>
    /// <param name="y">Target, a row for each lane.</param>
    /// <param name="yStride">Floats between two rows of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(nint depth, float* w, nint stride, float* x, float* sums, bool accumulate, float* y, nint yStride)
    {
        nint two = 2 * stride;
        float* w0 = w, w3 = w + (3 * stride), w6 = w + (6 * stride), w9 = w + (9 * stride), w12 = w + (12 * stride), w15 = w + (15 * stride);
        Vector512<float> s0 = accumulate ? Vector512.Load(sums) : default;
        Vector512<float> s1 = accumulate ? Vector512.Load(sums + 16) : default;
        Vector512<float> s2 = accumulate ? Vector512.Load(sums + 32) : default;
        Vector512<float> s3 = accumulate ? Vector512.Load(sums + 48) : default;
        Vector512<float> s4 = accumulate ? Vector512.Load(sums + 64) : default;
        Vector512<float> s5 = accumulate ? Vector512.Load(sums + 80) : default;
        Vector512<float> s6 = accumulate ? Vector512.Load(sums + 96) : default;
        Vector512<float> s7 = accumulate ? Vector512.Load(sums + 112) : default;
        Vector512<float> s8 = accumulate ? Vector512.Load(sums + 128) : default;
        Vector512<float> s9 = accumulate ? Vector512.Load(sums + 144) : default;
        Vector512<float> s10 = accumulate ? Vector512.Load(sums + 160) : default;
        Vector512<float> s11 = accumulate ? Vector512.Load(sums + 176) : default;
        Vector512<float> s12 = accumulate ? Vector512.Load(sums + 192) : default;
        Vector512<float> s13 = accumulate ? Vector512.Load(sums + 208) : default;
        Vector512<float> s14 = accumulate ? Vector512.Load(sums + 224) : default;
        Vector512<float> s15 = accumulate ? Vector512.Load(sums + 240) : default;
        nint k = depth;
        do
        {
            Vector512<float> v = Vector512.Load(x);
            s0 = Vector512.FusedMultiplyAdd(Vector512.Create(w0[0]), v, s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Create(w0[stride]), v, s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Create(w0[two]), v, s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Create(w3[0]), v, s3);
            s4 = Vector512.FusedMultiplyAdd(Vector512.Create(w3[stride]), v, s4);
            s5 = Vector512.FusedMultiplyAdd(Vector512.Create(w3[two]), v, s5);
            s6 = Vector512.FusedMultiplyAdd(Vector512.Create(w6[0]), v, s6);
            s7 = Vector512.FusedMultiplyAdd(Vector512.Create(w6[stride]), v, s7);
            s8 = Vector512.FusedMultiplyAdd(Vector512.Create(w6[two]), v, s8);
            s9 = Vector512.FusedMultiplyAdd(Vector512.Create(w9[0]), v, s9);
            s10 = Vector512.FusedMultiplyAdd(Vector512.Create(w9[stride]), v, s10);
            s11 = Vector512.FusedMultiplyAdd(Vector512.Create(w9[two]), v, s11);
            s12 = Vector512.FusedMultiplyAdd(Vector512.Create(w12[0]), v, s12);
            s13 = Vector512.FusedMultiplyAdd(Vector512.Create(w12[stride]), v, s13);
            s14 = Vector512.FusedMultiplyAdd(Vector512.Create(w12[two]), v, s14);
            s15 = Vector512.FusedMultiplyAdd(Vector512.Create(w15[0]), v, s15);
            x += 16;
            w0++;
            w3++;
            w6++;
            w9++;
            w12++;
            w15++;
        }
        while (--k > 0);

        Transpose16.Quad(ref s0, ref s1, ref s2, ref s3);
        Transpose16.Quad(ref s4, ref s5, ref s6, ref s7);
        Transpose16.Quad(ref s8, ref s9, ref s10, ref s11);
        Transpose16.Quad(ref s12, ref s13, ref s14, ref s15);
        Transpose16.Store(s0, s4, s8, s12, y, yStride);
        Transpose16.Store(s1, s5, s9, s13, y + yStride, yStride);
        Transpose16.Store(s2, s6, s10, s14, y + (2 * yStride), yStride);
        Transpose16.Store(s3, s7, s11, s15, y + (3 * yStride), yStride);
    }
}
