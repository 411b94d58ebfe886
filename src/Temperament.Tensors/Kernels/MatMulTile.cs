using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Kernels;

/// <summary>Chooses the body of the inner loop for a tile: by instruction set, number of rows and number of columns.</summary>
internal static unsafe class MatMulTile
{
    /// <summary>Computes a tile of <paramref name="rows"/> by 16 or 32 sums; see <see cref="MatMulTile512"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLayout>(
        int rows, bool wide, nint depth, float* a, float* b, float* from, nint fromStride, float* to, nint toStride, MatMulAhead* ahead)
        where TLayout : struct, IPanelLayout
    {
        if (!Avx512F.IsSupported)
        {
            ahead->Ask(depth);
            RunHalves<TLayout>(rows, wide, depth, a, b, from, fromStride, to, toStride);
        }
        else if (wide)
        {
            Run512<TwoWide, TLayout>(rows, depth, a, b, from, fromStride, to, toStride, ahead);
        }
        else
        {
            Run512<OneWide, TLayout>(rows, depth, a, b, from, fromStride, to, toStride, ahead);
        }
    }

    // The same tile as up to four tiles of 6 rows by 16 columns.
    private static void RunHalves<TLayout>(
        int rows, bool wide, nint depth, float* a, float* b, float* from, nint fromStride, float* to, nint toStride)
        where TLayout : struct, IPanelLayout
    {
        for (int row = 0; row < rows; row += 6)
        {
            for (int column = 0; column < (wide ? 32 : 16); column += 16)
            {
                float* start = from is null ? null : from + (row * fromStride) + column;
                Run256<TwoWide, TLayout>(
                    Math.Min(6, rows - row), depth, a + (row * TLayout.RowStep), b + column, start, fromStride, to + (row * toStride) + column, toStride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run512<TWidth, TLayout>(
        int rows, nint depth, float* a, float* b, float* from, nint fromStride, float* to, nint toStride, MatMulAhead* ahead)
        where TWidth : struct, ITileWidth
        where TLayout : struct, IPanelLayout
    {
        switch (rows)
        {
            case 1: MatMulTile512.Run<OneRow, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 2: MatMulTile512.Run<TwoRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 3: MatMulTile512.Run<ThreeRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 4: MatMulTile512.Run<FourRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 5: MatMulTile512.Run<FiveRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 6: MatMulTile512.Run<SixRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 7: MatMulTile512.Run<SevenRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 8: MatMulTile512.Run<EightRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 9: MatMulTile512.Run<NineRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 10: MatMulTile512.Run<TenRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 11: MatMulTile512.Run<ElevenRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
            case 12: MatMulTile512.Run<TwelveRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride, ahead); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run256<TWidth, TLayout>(
        int rows, nint depth, float* a, float* b, float* from, nint fromStride, float* to, nint toStride)
        where TWidth : struct, ITileWidth
        where TLayout : struct, IPanelLayout
    {
        switch (rows)
        {
            case 1: MatMulTile256.Run<OneRow, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride); break;
            case 2: MatMulTile256.Run<TwoRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride); break;
            case 3: MatMulTile256.Run<ThreeRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride); break;
            case 4: MatMulTile256.Run<FourRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride); break;
            case 5: MatMulTile256.Run<FiveRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride); break;
            case 6: MatMulTile256.Run<SixRows, TWidth, TLayout>(depth, a, b, from, fromStride, to, toStride); break;
        }
    }
}
