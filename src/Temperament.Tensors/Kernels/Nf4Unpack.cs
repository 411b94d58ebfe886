using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Reads 16 rows of NF4 codes side by side: lane r of a register belongs to row r. Codes are transposed eight to a 32-bit word, before they
/// are decoded, which takes an eighth of the shuffles that decoded weights would take. Needs AVX-512, and rows of whole blocks.
/// </summary>
internal static unsafe class Nf4Unpack
{
    /// <summary>Words of a block of a row: 64 weights of 4 bits.</summary>
    public const int Words = Nf4Matrix.BlockSize / 8;

    /// <summary>to[w * toStride + r] = word w of row r, for the eight words of a block and sixteen rows.</summary>
    /// <param name="codes">First byte of the block in the first row.</param>
    /// <param name="rowBytes">Bytes between two rows.</param>
    /// <param name="to">Target.</param>
    /// <param name="toStride">Words between two words of a row in the target.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeWords(byte* codes, nint rowBytes, uint* to, nint toStride)
    {
        Quads(codes, rowBytes, out Vector512<ulong> a0, out Vector512<ulong> a1, out Vector512<ulong> a2, out Vector512<ulong> a3);
        Quads(codes + (8 * rowBytes), rowBytes, out Vector512<ulong> b0, out Vector512<ulong> b1, out Vector512<ulong> b2, out Vector512<ulong> b3);
        Store(a0, b0, to, toStride);
        Store(a1, b1, to + toStride, toStride);
        Store(a2, b2, to + (2 * toStride), toStride);
        Store(a3, b3, to + (3 * toStride), toStride);
    }

    /// <summary>The scales of one block in sixteen rows.</summary>
    /// <param name="scales">Scale of the block in the first row.</param>
    /// <param name="rowBlocks">Blocks of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scales(float* scales, nint rowBlocks)
    {
        float* to = stackalloc float[16];
        for (int r = 0; r < 16; r++)
        {
            to[r] = scales[r * rowBlocks];
        }

        return Vector512.Load(to);
    }

    /// <summary>Weight <paramref name="index"/> of the eight in each word: the table look-up reads the lowest four bits of a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Decode(Vector512<uint> words, [ConstantExpected] int index, Vector512<float> levels, Vector512<float> scales)
    {
        // Two codes a byte, the first in the high nibble.
        int shift = (index / 2 * 8) + (index % 2 == 0 ? 4 : 0);
        return Avx512F.PermuteVar16x32(levels, (words >>> shift).AsInt32()) * scales;
    }

    // Lane group 0 and 1 of q_c: words c and c + 4 of rows 0 .. 3; groups 2 and 3: the same of rows 4 .. 7.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quads(
        byte* codes, nint rowBytes, out Vector512<ulong> q0, out Vector512<ulong> q1, out Vector512<ulong> q2, out Vector512<ulong> q3)
    {
        Vector512<uint> r0 = Pair(codes, rowBytes), r1 = Pair(codes + rowBytes, rowBytes);
        Vector512<uint> r2 = Pair(codes + (2 * rowBytes), rowBytes), r3 = Pair(codes + (3 * rowBytes), rowBytes);
        Vector512<ulong> low01 = Avx512F.UnpackLow(r0, r1).AsUInt64(), high01 = Avx512F.UnpackHigh(r0, r1).AsUInt64();
        Vector512<ulong> low23 = Avx512F.UnpackLow(r2, r3).AsUInt64(), high23 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
        q0 = Avx512F.UnpackLow(low01, low23);
        q1 = Avx512F.UnpackHigh(low01, low23);
        q2 = Avx512F.UnpackLow(high01, high23);
        q3 = Avx512F.UnpackHigh(high01, high23);
    }

    // A row and the fourth one after it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Pair(byte* row, nint rowBytes) =>
        Vector512.Create(Vector256.Load((uint*)row), Vector256.Load((uint*)(row + (4 * rowBytes))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<ulong> top, Vector512<ulong> bottom, uint* to, nint toStride)
    {
        Avx512F.Shuffle4x128(top, bottom, 0x88).AsUInt32().Store(to);
        Avx512F.Shuffle4x128(top, bottom, 0xdd).AsUInt32().Store(to + (4 * toStride));
    }
}
