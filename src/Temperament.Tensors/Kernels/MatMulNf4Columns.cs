using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>Decodes a block of NF4 weights straight into the panels of <see cref="MatMulColumns"/>, for y = x W^T and for dx = dy W.</summary>
internal static unsafe class MatMulNf4Columns
{
    private const int Band = Nf4View.Band;
    private const int TileColumns = MatMulPlan.TileColumns;

    // Columns of scales that are read at once: 1 KiB.
    private const int ScaleColumns = 4;

    /// <summary>Packs outputs n .. n + columns - 1 as columns, inputs k .. k + depth - 1 as depths; parameters as of <see cref="MatMulColumns.Pack"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void PackOutputs(in Nf4View view, int k, int depth, int n, int columns, float* to, ref MatMulPrefetch next, int lines)
    {
        float* scales = stackalloc float[ScaleColumns * Band];
        float* levels = Nf4Tables.Levels;
        int step = view.ScaleStep, most = ScaleColumns * step;
        bool words = step >= Nf4View.WordCodes;
        for (int c = 0; c < columns; c += Band - ((n + c) % Band))
        {
            int band = (n + c) / Band, lane = (n + c) % Band, end = Math.Min(Band, lane + columns - c);
            for (int done = 0; done < depth; done += most)
            {
                int inputs = Math.Min(most, depth - done);
                Nf4ScaleColumns.Read(view, band, (k + done) / step, (inputs + step - 1) / step, MatMulPlan.Depth / step, scales);
                for (int o = lane; o < end; o += 16)
                {
                    int column = c + o - lane;
                    float* panel = to + ((nint)(column / TileColumns) * depth * TileColumns) + (column % TileColumns) + (done * TileColumns);
                    next.Touch(lines * ((inputs + 15) / 16));
                    if (words)
                    {
                        DecodeWords(view.WordAt((band * Band) + o, k + done), inputs / Nf4View.WordCodes, levels, scales + o, step / Nf4View.WordCodes, panel);
                    }
                    else
                    {
                        DecodeInputs(view.WordAt((band * Band) + o, k + done), k + done, inputs, levels, scales + o, step, panel);
                    }
                }
            }
        }
    }

    /// <summary>Packs inputs n .. n + columns - 1 as columns, outputs k .. k + depth - 1 as depths; parameters as of <see cref="MatMulColumns.Pack"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void PackInputs(in Nf4View view, int k, int depth, int n, int columns, float* to, ref MatMulPrefetch next, int lines)
    {
        float* scales = stackalloc float[ScaleColumns * Band];
        float* levels = Nf4Tables.Levels;
        int firstBlock = n / Nf4Matrix.BlockSize, blocks = ((n + columns - 1) / Nf4Matrix.BlockSize) - firstBlock + 1;
        for (int i = 0; i < depth; i += Band)
        {
            int rows = Math.Min(Band, depth - i);
            if (view.RowsAreBlocks)
            {
                Nf4ScaleColumns.Read(view, (k + i) / Band, firstBlock, blocks, view.RowBlocks, scales);
            }

            for (int c = 0; c < columns; c += TileColumns)
            {
                float* panel = to + ((nint)c * depth) + (i * TileColumns);
                uint* words = view.WordAt(k + i, n + c);
                bool wide = columns - c > 16;
                next.Touch(lines * (rows + 7) / 8);
                if (view.RowsAreBlocks)
                {
                    DecodeOutputs(words, rows, wide, levels, scales + ((((n + c) / Nf4Matrix.BlockSize) - firstBlock) * Band), panel);
                }
                else
                {
                    DecodeAcrossRows(view, words, k + i, rows, n + c, wide, levels, panel);
                }
            }
        }
    }

    // Up to 64 outputs of a band, 16 or 32 inputs of each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeOutputs(uint* words, int rows, bool wide, float* levels, float* scales, float* to)
    {
        for (int r = 0; r < rows; r++)
        {
            Vector512<float> scale = Vector512.Create(scales[r]);
            (Nf4Lookup.Levels(Nf4Lookup.Row(words), levels) * scale).Store(to);
            if (wide)
            {
                (Nf4Lookup.Levels(Nf4Lookup.Row(words + (2 * Band)), levels) * scale).Store(to + 16);
            }

            words++;
            to += TileColumns;
        }
    }

    // The same where blocks run over row ends.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeAcrossRows(in Nf4View view, uint* words, int output, int rows, int input, bool wide, float* levels, float* to)
    {
        for (int r = 0; r < rows; r++)
        {
            Nf4Weights.Load16(view, words, output + r, input, levels).Store(to);
            if (wide)
            {
                Nf4Weights.Load16(view, words + (2 * Band), output + r, input + 16, levels).Store(to + 16);
            }

            words++;
            to += TileColumns;
        }
    }

    // Sixteen outputs, whole words.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeWords(uint* words, int count, float* levels, float* scales, int scaleWords, float* to)
    {
        for (int w = 0; w < count; scales += Band)
        {
            Vector512<float> scale = Vector512.Load(scales);
            for (int end = Math.Min(count, w + scaleWords); w < end; w++)
            {
                Vector512<uint> codes = Vector512.Load(words);
                (Nf4Lookup.Levels(codes >>> 4, levels) * scale).Store(to);
                (Nf4Lookup.Levels(codes, levels) * scale).Store(to + TileColumns);
                (Nf4Lookup.Levels(codes >>> 12, levels) * scale).Store(to + (2 * TileColumns));
                (Nf4Lookup.Levels(codes >>> 8, levels) * scale).Store(to + (3 * TileColumns));
                (Nf4Lookup.Levels(codes >>> 20, levels) * scale).Store(to + (4 * TileColumns));
                (Nf4Lookup.Levels(codes >>> 16, levels) * scale).Store(to + (5 * TileColumns));
                (Nf4Lookup.Levels(codes >>> 28, levels) * scale).Store(to + (6 * TileColumns));
                (Nf4Lookup.Levels(codes >>> 24, levels) * scale).Store(to + (7 * TileColumns));
                words += Band;
                to += 8 * TileColumns;
            }
        }
    }

    // Sixteen outputs of a matrix whose rows are no whole words.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeInputs(uint* words, int input, int count, float* levels, float* scales, int step, float* to)
    {
        int first = input / Nf4View.WordCodes;
        for (int i = 0; i < count; i++)
        {
            Vector512<uint> codes = Vector512.Load(words + ((((input + i) / Nf4View.WordCodes) - first) * Band)) >>> Nf4View.Shift(input + i);
            (Nf4Lookup.Levels(codes, levels) * Vector512.Load(scales + (i / step * Band))).Store(to);
            to += TileColumns;
        }
    }
}
