using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Decodes weights of a <see cref="BlockView"/> straight into the panels of <see cref="MatMulColumns"/>, for y = x W^T and for dx = dy W. Sixteen
/// outputs go side by side through a register; for dx, where inputs stand side by side in a panel, 16 by 16 decoded weights are turned.
/// </summary>
internal static unsafe class MatMulBlockColumns
{
    private const int Band = BlockView.Band;
    private const int BlockSize = BlockView.BlockSize;
    private const int TileColumns = MatMulPlan.TileColumns;

    /// <summary>Packs outputs n .. n + columns - 1 as columns, inputs k .. k + depth - 1 as depths; parameters as of <see cref="MatMulColumns.Pack"/>.</summary>
    public static void PackOutputs(in BlockView view, int k, int depth, int n, int columns, float* to, ref MatMulPrefetch next, int lines)
    {
        if (view.Levels is null)
        {
            PackOutputs<ByteCodes>(view, k, depth, n, columns, to, ref next, lines);
        }
        else
        {
            PackOutputs<NibbleCodes>(view, k, depth, n, columns, to, ref next, lines);
        }
    }

    /// <summary>Packs inputs n .. n + columns - 1 as columns, outputs k .. k + depth - 1 as depths; parameters as of <see cref="MatMulColumns.Pack"/>.</summary>
    public static void PackInputs(in BlockView view, int k, int depth, int n, int columns, float* to, ref MatMulPrefetch next, int lines)
    {
        if (view.Levels is null)
        {
            PackInputs<ByteCodes>(view, k, depth, n, columns, to, ref next, lines);
        }
        else
        {
            PackInputs<NibbleCodes>(view, k, depth, n, columns, to, ref next, lines);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackOutputs<TCodes>(in BlockView view, int k, int depth, int n, int columns, float* to, ref MatMulPrefetch next, int lines)
        where TCodes : struct, IBlockCodes
    {
        for (int column = 0; column < columns; column += 16)
        {
            float* panel = to + ((nint)(column / TileColumns) * depth * TileColumns) + (column % TileColumns);
            for (int done = 0; done < depth; done += BlockSize)
            {
                next.Touch(lines * (BlockSize / 16));
                Decode<TCodes>(view, n + column, (k + done) / BlockSize, panel + (done * TileColumns), TileColumns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void PackInputs<TCodes>(in BlockView view, int k, int depth, int n, int columns, float* to, ref MatMulPrefetch next, int lines)
        where TCodes : struct, IBlockCodes
    {
        float* decoded = stackalloc float[BlockSize * 16];
        for (int column = 0; column < columns; column += BlockSize)
        {
            float* panel = to + ((nint)column * depth);
            for (int done = 0; done < depth; done += 16)
            {
                next.Touch(lines * 2);
                Decode<TCodes>(view, k + done, (n + column) / BlockSize, decoded, 16);
                float* target = panel + (done * TileColumns);
                if (Avx512F.IsSupported && done + 16 <= depth)
                {
                    var rows = new PlainRows<FloatWeights>((byte*)decoded, 16);
                    Transpose16.Run(rows, 0, 0, target, TileColumns);
                    Transpose16.Run(rows, 16, 0, target + 16, TileColumns);
                }
                else
                {
                    for (int r = 0; r < Math.Min(16, depth - done); r++)
                    {
                        for (int i = 0; i < BlockSize; i++)
                        {
                            target[(r * TileColumns) + i] = decoded[(i * 16) + r];
                        }
                    }
                }
            }
        }
    }

    // to[i * step + lane] = weight of input i of the block of output + lane, for sixteen outputs of one band.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Decode<TCodes>(in BlockView view, int output, int block, float* to, nint step)
        where TCodes : struct, IBlockCodes
    {
        nint at = view.BlockAt(output, block);
        Vector512<float> scale = BlockScales.Load16(view.Scales + at);
        Vector512<float> minimum = view.Minima is null ? default : BlockScales.Load16(view.Minima + at);
        bool hasMinimum = view.Minima is not null;
        uint* words = view.WordAt(output, block);
        for (int w = 0; w < BlockSize / TCodes.Inputs; w++)
        {
            Vector512<uint> codes = Vector512.Load(words);
            for (int i = 0; i < TCodes.Inputs; i++)
            {
                Vector512<float> weights = TCodes.Numbers(codes, i, view.Levels) * scale;
                (hasMinimum ? weights + minimum : weights).Store(to);
                to += step;
            }

            words += Band;
        }
    }
}
