using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>Decodes NF4 weights straight into a panel of columns of W^T; the fast path of <see cref="MatMulColumns"/>.</summary>
internal static unsafe class MatMulNf4Columns
{
    /// <summary>True where each row is whole blocks, so that a block never runs across the end of a row.</summary>
    /// <param name="stride">Weights of a row.</param>
    public static bool CanPack(nint stride) => Avx512F.IsSupported && stride % Nf4Matrix.BlockSize == 0;

    /// <summary>to[k * 32 + r] = weight (row + r, column + k) for sixteen rows; column and depth are multiples of the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack16(byte* codes, float* scales, nint stride, float* levels, int row, int column, int depth, float* to)
    {
        uint* words = stackalloc uint[Nf4Unpack.Words * 16];
        Vector512<float> table = Vector512.Load(levels);
        nint first = (row * stride) + column;
        for (nint k = 0; k < depth; k += Nf4Matrix.BlockSize)
        {
            Nf4Unpack.TransposeWords(codes + ((first + k) / 2), stride / 2, words, 16);
            Vector512<float> scale = Nf4Unpack.Scales(scales + ((first + k) / Nf4Matrix.BlockSize), stride / Nf4Matrix.BlockSize);
            for (int w = 0; w < Nf4Unpack.Words; w++)
            {
                Vector512<uint> word = Vector512.Load(words + (w * 16));
                Nf4Unpack.Decode(word, 0, table, scale).Store(to);
                Nf4Unpack.Decode(word, 1, table, scale).Store(to + MatMulPlan.TileColumns);
                Nf4Unpack.Decode(word, 2, table, scale).Store(to + (2 * MatMulPlan.TileColumns));
                Nf4Unpack.Decode(word, 3, table, scale).Store(to + (3 * MatMulPlan.TileColumns));
                Nf4Unpack.Decode(word, 4, table, scale).Store(to + (4 * MatMulPlan.TileColumns));
                Nf4Unpack.Decode(word, 5, table, scale).Store(to + (5 * MatMulPlan.TileColumns));
                Nf4Unpack.Decode(word, 6, table, scale).Store(to + (6 * MatMulPlan.TileColumns));
                Nf4Unpack.Decode(word, 7, table, scale).Store(to + (7 * MatMulPlan.TileColumns));
                to += 8 * MatMulPlan.TileColumns;
            }
        }
    }
}
