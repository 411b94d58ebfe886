using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Quantization;

namespace Temperament.Tensors.Kernels;

/// <summary>
/// Reads the scales of the 64 outputs of a band, side by side: column c holds the scale of each output for the inputs from
/// c * <see cref="Nf4View.ScaleStep"/> on. 8-bit codes are looked up 64 at a time where the machine can, byte by byte of their float32 levels.
/// </summary>
internal static unsafe class Nf4ScaleColumns
{
    private const int Band = Nf4View.Band;
    private const int NestedMask = Nf4Matrix.NestedBlockSize - 1;

    /// <summary>to[c * 64 + o] = scale of output band * 64 + o in column <paramref name="column"/> + c.</summary>
    /// <param name="view">Weights.</param>
    /// <param name="band">Band of outputs.</param>
    /// <param name="column">First column.</param>
    /// <param name="count">Columns to read.</param>
    /// <param name="ahead">Columns from these to those that are read next, which are asked for.</param>
    /// <param name="to">count * 64 floats.</param>
    public static void Read(in Nf4View view, int band, int column, int count, nint ahead, float* to)
    {
        if (!view.RowsAreBlocks)
        {
            ReadAcrossRows(view, band, column, count, to);
        }
        else if (view.ScaleCodes is null)
        {
            float* from = view.Scales + (((nint)band * view.RowBlocks) + column) * Band;
            new ReadOnlySpan<float>(from, count * Band).CopyTo(new Span<float>(to, count * Band));
        }
        else
        {
            ReadCodes(view, band, column, count, ahead * Band, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void ReadCodes(in Nf4View view, int band, int column, int count, nint aheadBytes, float* to)
    {
        // The nested scale of each output changes after 256 blocks of the flattened matrix, for each output at another column.
        float* nested = stackalloc float[Band];
        int* blocks = stackalloc int[Band];
        Vector512<int> latest = Vector512<int>.Zero;
        for (int lane = 0; lane < Band; lane += 16)
        {
            Vector512<int> output = Vector512.Min(
                Vector512.Create((band * Band) + lane) + Vector512<int>.Indices, Vector512.Create(view.Outputs - 1));
            Vector512<int> block = (output * Vector512.Create(view.RowBlocks)) + Vector512.Create(column);
            latest = Vector512.Max(latest, block & Vector512.Create(NestedMask));
            block.Store(blocks + lane);
        }

        float* nestedScales = view.Nested;
        for (int lane = 0; lane < Band; lane++)
        {
            nested[lane] = nestedScales[(uint)blocks[lane] / Nf4Matrix.NestedBlockSize];
        }

        bool change = Vector512.GreaterThanAny(latest, Vector512.Create(Nf4Matrix.NestedBlockSize - count));
        float* levels = Nf4Tables.Dynamic;
        byte* codes = view.ScaleCodes + ((((nint)band * view.RowBlocks) + column) * Band);
        for (int c = 0; c < count; c++)
        {
            if (change && c > 0)
            {
                Change(blocks, c, nestedScales, nested);
            }

            if (Sse.IsSupported)
            {
                Sse.Prefetch0(codes + aheadBytes);
            }

            Look(codes, levels, nested, view.Offset, to);
            codes += Band;
            to += Band;
        }
    }

    // The outputs that begin a nested block with column c.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Change(int* blocks, int c, float* nestedScales, float* nested)
    {
        for (int lane = 0; lane < Band; lane += 16)
        {
            Vector512<int> place = (Vector512.Load(blocks + lane) + Vector512.Create(c)) & Vector512.Create(NestedMask);
            for (ulong begun = Vector512.Equals(place, Vector512<int>.Zero).ExtractMostSignificantBits(); begun != 0; begun &= begun - 1)
            {
                int changed = lane + BitOperations.TrailingZeroCount(begun);
                nested[changed] = nestedScales[(uint)(blocks[changed] + c) / Nf4Matrix.NestedBlockSize];
            }
        }
    }

    // level[code] * nested, rounded, plus the offset, rounded.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Look(byte* codes, float* levels, float* nested, float offset, float* to)
    {
        if (Avx512Vbmi.IsSupported)
        {
            LookBytes(codes, (byte*)(levels + 256), nested, offset, to);
            return;
        }

        for (int lane = 0; lane < Band; lane++)
        {
            to[lane] = (levels[codes[lane]] * nested[lane]) + offset;
        }
    }

    // Four tables of 256 bytes, each looked up in halves of 128; then the four bytes of each level are put together.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LookBytes(byte* codes, byte* tables, float* nested, float offset, float* to)
    {
        // Unpacking works within groups of 128 bits: so that sixteen levels come out in order, each group takes every fourth four codes.
        Vector512<byte> index = Avx512F.PermuteVar16x32(
            Vector512.Load(codes).AsInt32(), Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)).AsByte();
        Vector512<byte> first = Table(tables, index), second = Table(tables + 256, index);
        Vector512<byte> third = Table(tables + 512, index), fourth = Table(tables + 768, index);
        Vector512<ushort> low = Avx512BW.UnpackLow(first, second).AsUInt16(), high = Avx512BW.UnpackHigh(first, second).AsUInt16();
        Vector512<ushort> lowTop = Avx512BW.UnpackLow(third, fourth).AsUInt16(), highTop = Avx512BW.UnpackHigh(third, fourth).AsUInt16();
        Vector512<float> shift = Vector512.Create(offset);
        ((Avx512BW.UnpackLow(low, lowTop).AsSingle() * Vector512.Load(nested)) + shift).Store(to);
        ((Avx512BW.UnpackHigh(low, lowTop).AsSingle() * Vector512.Load(nested + 16)) + shift).Store(to + 16);
        ((Avx512BW.UnpackLow(high, highTop).AsSingle() * Vector512.Load(nested + 32)) + shift).Store(to + 32);
        ((Avx512BW.UnpackHigh(high, highTop).AsSingle() * Vector512.Load(nested + 48)) + shift).Store(to + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Table(byte* table, Vector512<byte> index)
    {
        Vector512<byte> low = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(table), index, Vector512.Load(table + 64));
        Vector512<byte> high = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(table + 128), index, Vector512.Load(table + 192));
        return Vector512.ConditionalSelect(Vector512.LessThan(index.AsSByte(), Vector512<sbyte>.Zero).AsByte(), high, low);
    }

    // Blocks run over row ends: each output meets its next block at another input.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadAcrossRows(in Nf4View view, int band, int column, int count, float* to)
    {
        int step = view.ScaleStep;
        for (int lane = 0; lane < Band; lane++)
        {
            long index = ((long)Math.Min((band * Band) + lane, view.Outputs - 1) * view.Inputs) + ((long)column * step);
            for (int c = 0; c < count; c++, index += step)
            {
                bool begun = c == 0 || index % Nf4Matrix.BlockSize == 0;
                long block = index / Nf4Matrix.BlockSize;
                to[(c * Band) + lane] = begun ? view.Scale(block, (nint)block) : to[((c - 1) * Band) + lane];
            }
        }
    }
}
