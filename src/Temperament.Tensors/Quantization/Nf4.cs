using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// Packs float32 weights to NF4 and reads them back, byte for byte as bitsandbytes does: blocks of 64 over the flattened matrix, across
/// row ends, and optionally the scales in 8 bits. Dettmers et al. 2023, https://arxiv.org/abs/2305.14314.
/// </summary>
public static unsafe class Nf4
{
    /// <summary>Packs a matrix. The matrix is read only.</summary>
    /// <param name="weights">(N, K) weights.</param>
    /// <param name="doubleQuantize">Stores the scales in 8 bits too.</param>
    /// <param name="pool">Threads.</param>
    public static Nf4Matrix Quantize(Tensor weights, bool doubleQuantize, ComputePool pool) => Quantize(weights, doubleQuantize, null, pool);

    /// <summary>Packs numbers that lie on the managed heap.</summary>
    /// <param name="weights">N * K weights, row by row.</param>
    /// <param name="outputs">N.</param>
    /// <param name="inputs">K.</param>
    /// <param name="doubleQuantize">Stores the scales in 8 bits too.</param>
    /// <param name="pool">Threads.</param>
    public static Nf4Matrix Quantize(ReadOnlySpan<float> weights, int outputs, int inputs, bool doubleQuantize, ComputePool pool) =>
        Quantize(Tensor.From(weights, outputs, inputs), doubleQuantize, null, pool);

    /// <summary>Packs numbers in bfloat16, as a file holds them, without a copy in float32: the bytes are those of the widened numbers.</summary>
    /// <param name="bf16">N * K weights of 2 bytes, row by row.</param>
    /// <param name="into">(N, K) target, in whose form the scales are stored.</param>
    /// <param name="pool">Threads.</param>
    /// <returns>Whether all weights are finite; where not, what the target holds is of no use.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are not those of N * K weights.</exception>
    public static bool QuantizeBf16Into(ReadOnlySpan<byte> bf16, Nf4Matrix into, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bf16.Length, (long)into.Outputs * into.Inputs * sizeof(ushort), nameof(bf16));
        fixed (byte* weights = bf16)
        {
            return Quantize<HalfWeights>(weights, into.Inputs, into, null, pool);
        }
    }

    /// <summary>Packs a matrix in the place of another one of the same shape, whose weights are lost. Nothing is allocated.</summary>
    /// <param name="weights">(N, K) weights.</param>
    /// <param name="into">(N, K) target, in whose form the scales are stored.</param>
    /// <param name="pool">Threads.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shapes differ.</exception>
    public static void QuantizeInto(Tensor weights, Nf4Matrix into, ComputePool pool) => Quantize(weights, into, null, pool);

    /// <summary>Copies stored codes and float32 scales.</summary>
    /// <param name="outputs">N.</param>
    /// <param name="inputs">K.</param>
    /// <param name="codes">ceil(N*K / 2) bytes, the first of two codes in the high nibble.</param>
    /// <param name="absMax">One scale for each 64 weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part has another length.</exception>
    public static Nf4Matrix FromStored(int outputs, int inputs, ReadOnlySpan<byte> codes, ReadOnlySpan<float> absMax)
    {
        CheckLengths(outputs, inputs, codes.Length, absMax.Length);
        var matrix = new Nf4Matrix(outputs, inputs, doubleQuantized: false);
        Nf4View view = matrix.View;
        Nf4Order.Load(view, codes);
        for (int block = 0; block < absMax.Length; block++)
        {
            view.Scales[view.ScaleAt(block)] = absMax[block];
        }

        GC.KeepAlive(matrix);
        return matrix;
    }

    /// <summary>Copies stored codes and 8-bit scales.</summary>
    /// <param name="outputs">N.</param>
    /// <param name="inputs">K.</param>
    /// <param name="codes">ceil(N*K / 2) bytes, the first of two codes in the high nibble.</param>
    /// <param name="absMaxCodes">One code of the signed dynamic type for each 64 weights.</param>
    /// <param name="nestedAbsMax">One scale for each 256 scale codes.</param>
    /// <param name="offset">Added to every scale after it is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part has another length.</exception>
    public static Nf4Matrix FromStored(
        int outputs, int inputs, ReadOnlySpan<byte> codes, ReadOnlySpan<byte> absMaxCodes, ReadOnlySpan<float> nestedAbsMax, float offset)
    {
        CheckLengths(outputs, inputs, codes.Length, absMaxCodes.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(
            nestedAbsMax.Length, (absMaxCodes.Length + Nf4Matrix.NestedBlockSize - 1) / Nf4Matrix.NestedBlockSize, nameof(nestedAbsMax));
        var matrix = new Nf4Matrix(outputs, inputs, doubleQuantized: true) { Offset = offset };
        Nf4View view = matrix.View;
        Nf4Order.Load(view, codes);
        for (int block = 0; block < absMaxCodes.Length; block++)
        {
            view.ScaleCodes[view.ScaleAt(block)] = absMaxCodes[block];
        }

        nestedAbsMax.CopyTo(matrix.NestedAbsMax!.Span(0, nestedAbsMax.Length));
        return matrix;
    }

    /// <summary>Reads all weights: level[code] * scale, one rounding.</summary>
    /// <param name="matrix">Packed weights.</param>
    /// <param name="into">(N, K) output.</param>
    /// <param name="pool">Threads; null for the calling one alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shapes differ.</exception>
    public static void Dequantize(Nf4Matrix matrix, Tensor into, ComputePool? pool)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfNotEqual(into.Rows, matrix.Outputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(into.Columns, matrix.Inputs);
        var job = new Nf4Unpacking(matrix.View, into.Data, into.Stride);
        int chunks = Nf4Unpacking.Chunks(matrix.Outputs);
        if (pool is not null)
        {
            pool.Run(chunks, job);
        }
        else
        {
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                job.Run(chunk);
            }
        }

        GC.KeepAlive(matrix);
        into.KeepAlive();
    }

    /// <summary>As the public method; <paramref name="offset"/> replaces the mean of the scales.</summary>
    internal static Nf4Matrix Quantize(Tensor weights, bool doubleQuantize, float? offset, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var matrix = new Nf4Matrix(weights.Rows, weights.Columns, doubleQuantize);
        Quantize(weights, matrix, offset, pool);
        return matrix;
    }

    private static void Quantize(Tensor weights, Nf4Matrix into, float? offset, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Rows, into.Outputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Columns, into.Inputs);
        Quantize<FloatWeights>((byte*)weights.Data, weights.Stride, into, offset, pool);
        weights.KeepAlive();
    }

    // Tells whether all weights are finite.
    private static bool Quantize<TWeights>(byte* weights, nint stride, Nf4Matrix into, float? offset, ComputePool pool)
        where TWeights : struct, IPlainWeights
    {
        Nf4View view = into.View;
        int chunks = Chunks.Count(view.Outputs, Nf4View.PackedRows), sumFloats = sizeof(Nf4ScaleSum) / sizeof(float);
        var sums = (Nf4ScaleSum*)pool.SharedScratch(((long)chunks * sumFloats) + view.Blocks);
        float* scales = (float*)(sums + chunks);
        pool.Run(chunks, new Nf4Packing<TWeights>(weights, stride, view, scales, sums));
        if (into.IsDoubleQuantized)
        {
            into.Offset = offset ?? Nf4ScalePacking.Mean(scales, view.Blocks, new ReadOnlySpan<Nf4ScaleSum>(sums, chunks));
        }

        bool finite = true;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            finite &= sums[chunk].Finite;
        }

        pool.Run(Nf4ScalePacking.Chunks(view.Blocks), new Nf4ScalePacking(into.View, scales));
        GC.KeepAlive(into);
        return finite;
    }

    private static void CheckLengths(int outputs, int inputs, int codes, int scales)
    {
        long count = (long)outputs * inputs;
        ArgumentOutOfRangeException.ThrowIfNotEqual(codes, (count + 1) / 2, nameof(codes));
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales, (count + Nf4Matrix.BlockSize - 1) / Nf4Matrix.BlockSize, nameof(scales));
    }
}
