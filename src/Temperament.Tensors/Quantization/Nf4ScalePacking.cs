using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// Puts scales where kernels want them, and under double quantisation makes 8-bit codes of them: the scales less their mean become codes of
/// the signed dynamic type, with one scale for each 256 of them. One chunk takes 16 times 256 scales.
/// </summary>
/// <param name="view">Target.</param>
/// <param name="scales">Scales in the order of the flattened matrix; under double quantisation overwritten.</param>
internal readonly unsafe struct Nf4ScalePacking(Nf4View view, float* scales) : IParallelJob
{
    private const int NestedBlock = Nf4Matrix.NestedBlockSize;
    private const int ChunkBlocks = 16 * NestedBlock;

    /// <summary>Chunks of so many scales.</summary>
    public static int Chunks(long blocks) => (int)((blocks + ChunkBlocks - 1) / ChunkBlocks);

    /// <summary>The mean of all scales, as adding one after the other in float64 gives it.</summary>
    /// <param name="scales">Scales.</param>
    /// <param name="count">Number of scales.</param>
    /// <param name="sums">What parts of them add up to.</param>
    public static float Mean(float* scales, long count, ReadOnlySpan<Nf4ScaleSum> sums)
    {
        double sum = 0;
        float least = float.PositiveInfinity;
        foreach (Nf4ScaleSum part in sums)
        {
            sum += part.Sum;
            least = Math.Min(least, part.Least);
        }

        // All scales are multiples of the spacing of floats at the smallest of them. While their sum is below 2^53 spacings no addition
        // rounds, so the order in which the parts were added does not matter.
        bool exact = sum < 4503599627370496.0 * (MathF.BitIncrement(least) - least) || sum == 0;
        if (!exact)
        {
            sum = 0;
            for (long i = 0; i < count; i++)
            {
                sum += scales[i];
            }
        }

        return count == 0 ? 0 : (float)(sum / count);
    }

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        long first = (long)chunk * ChunkBlocks, end = Math.Min(view.Blocks, first + ChunkBlocks);
        for (long start = first; start < end; start += NestedBlock)
        {
            int count = (int)Math.Min(NestedBlock, end - start);
            if (view.ScaleCodes is null)
            {
                Place(start, new ReadOnlySpan<float>(scales + start, count), view.Scales);
            }
            else
            {
                Quantize(start, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Quantize(long start, int count)
    {
        float* own = scales + start;
        byte* codes = stackalloc byte[NestedBlock];
        float largest = 0;
        int done = 0;
        Vector512<float> most = default;
        for (; done <= count - 16; done += 16)
        {
            Vector512<float> rest = Vector512.Load(own + done) - Vector512.Create(view.Offset);
            most = Vector512.Max(most, Vector512.Abs(rest));
            rest.Store(own + done);
        }

        for (int lane = 0; lane < 16; lane++)
        {
            largest = Math.Max(largest, most[lane]);
        }

        for (; done < count; done++)
        {
            own[done] -= view.Offset;
            largest = Math.Max(largest, Math.Abs(own[done]));
        }

        view.Nested[start / NestedBlock] = largest;
        float reciprocal = 1 / largest;
        float* midpoints = Nf4Tables.DynamicMidpoints;
        byte* starts = Nf4Tables.DynamicStarts;
        bool inside = float.IsFinite(largest) && float.IsFinite(reciprocal);
        if (!inside)
        {
            for (int i = 0; i < count; i++)
            {
                codes[i] = largest == 0 ? (byte)0 : Nf4Codebook.NearestSigned(own[i] * reciprocal);
            }
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                codes[i] = Nearest(own[i] * reciprocal, midpoints, starts);
            }
        }

        Place(start, new ReadOnlySpan<byte>(codes, count), view.ScaleCodes);
    }

    /// <summary>As <see cref="Nf4Codebook.NearestSigned"/>, for a number in -1 .. 1: counts on from the midpoints below its interval.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte Nearest(float x, float* midpoints, byte* starts)
    {
        // A little below the interval of the number, or in it: no code is too large then. A reciprocal that was rounded up may have led beyond -1.
        int code = starts[(int)((x * Nf4Tables.StartsPerUnit) + (Nf4Tables.StartsPerUnit - 0.01f))];

        // Where the levels lie apart no more than one midpoint is in the interval: added without a branch that nobody could foresee.
        code += midpoints[code] < x ? 1 : 0;
        while (midpoints[code] < x)
        {
            code++;
        }

        return (byte)(midpoints[code] == x ? code + (code & 1) : code);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Place<T>(long start, ReadOnlySpan<T> values, T* to)
        where T : unmanaged
    {
        if (!view.RowsAreBlocks)
        {
            values.CopyTo(new Span<T>(to + start, values.Length));
            return;
        }

        int rowBlocks = view.RowBlocks;
        int row = (int)(start / rowBlocks), column = (int)(start % rowBlocks);
        for (int done = 0; done < values.Length; row++, column = 0)
        {
            int part = Math.Min(values.Length - done, rowBlocks - column);
            T* at = to + ((((nint)(row / Nf4View.Band) * rowBlocks) + column) * Nf4View.Band) + (row % Nf4View.Band);
            foreach (T value in values.Slice(done, part))
            {
                *at = value;
                at += Nf4View.Band;
            }

            done += part;
        }
    }
}
