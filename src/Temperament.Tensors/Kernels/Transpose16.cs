using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>Turns 16 rows of 16 weights into 16 columns, in registers: two rounds of unpacking within 128-bit lanes, two of moving lanes.</summary>
internal static unsafe class Transpose16
{
    /// <summary>to[c * toStride + r] = source(row + r, column + c) for r and c in 0 .. 15. Needs AVX-512.</summary>
    /// <param name="source">Weights.</param>
    /// <param name="row">First row.</param>
    /// <param name="column">First column.</param>
    /// <param name="to">Target.</param>
    /// <param name="toStride">Floats between two columns in the target.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TRows>(TRows source, int row, int column, float* to, nint toStride)
        where TRows : struct, IWeightRows
    {
        Quad(source, row, column, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        Quad(source, row + 4, column, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        Quad(source, row + 8, column, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        Quad(source, row + 12, column, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        Store(a0, b0, c0, d0, to, toStride);
        Store(a1, b1, c1, d1, to + toStride, toStride);
        Store(a2, b2, c2, d2, to + (2 * toStride), toStride);
        Store(a3, b3, c3, d3, to + (3 * toStride), toStride);
    }

    /// <summary>Half the work on four rows: lane group g (four floats) of c_i holds column 4 g + i of the four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Quad<TRows>(
        TRows source, int row, int column, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3)
        where TRows : struct, IWeightRows
    {
        c0 = source.Load16(row, column);
        c1 = source.Load16(row + 1, column);
        c2 = source.Load16(row + 2, column);
        c3 = source.Load16(row + 3, column);
        Quad(ref c0, ref c1, ref c2, ref c3);
    }

    /// <summary>Half the work on four rows that are in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Quad(ref Vector512<float> r0, ref Vector512<float> r1, ref Vector512<float> r2, ref Vector512<float> r3)
    {
        Vector512<double> low01 = Avx512F.UnpackLow(r0, r1).AsDouble();
        Vector512<double> high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(r2, r3).AsDouble();
        Vector512<double> high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        r0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        r1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        r2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        r3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    /// <summary>The other half: columns i, i + 4, i + 8, i + 12 of all sixteen rows from the c_i of the four quads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to, nint toStride)
    {
        Vector512<float> evenTop = Avx512F.Shuffle4x128(a, b, 0x88);
        Vector512<float> oddTop = Avx512F.Shuffle4x128(a, b, 0xdd);
        Vector512<float> evenBottom = Avx512F.Shuffle4x128(c, d, 0x88);
        Vector512<float> oddBottom = Avx512F.Shuffle4x128(c, d, 0xdd);
        Avx512F.Shuffle4x128(evenTop, evenBottom, 0x88).Store(to);
        Avx512F.Shuffle4x128(oddTop, oddBottom, 0x88).Store(to + (4 * toStride));
        Avx512F.Shuffle4x128(evenTop, evenBottom, 0xdd).Store(to + (8 * toStride));
        Avx512F.Shuffle4x128(oddTop, oddBottom, 0xdd).Store(to + (12 * toStride));
    }
}
