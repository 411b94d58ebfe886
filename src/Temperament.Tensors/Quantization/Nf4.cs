using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// Packs float32 weights to NF4 and reads them back, byte for byte as bitsandbytes does: blocks of 64 over the flattened matrix, across
/// row ends, and optionally the scales in 8 bits. Dettmers et al. 2023, https://arxiv.org/abs/2305.14314.
/// </summary>
public static unsafe class Nf4
{
    /// <summary>Smallest scale of a block: keeps its reciprocal finite.</summary>
    private const float Smallest = 1e-38f;

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

    /// <summary>Wraps stored codes and float32 scales, copying them.</summary>
    /// <param name="outputs">N.</param>
    /// <param name="inputs">K.</param>
    /// <param name="codes">ceil(N*K / 2) bytes, the first of two codes in the high nibble.</param>
    /// <param name="absMax">One scale for each 64 weights.</param>
    public static Nf4Matrix FromStored(int outputs, int inputs, ReadOnlySpan<byte> codes, ReadOnlySpan<float> absMax)
    {
        var matrix = new Nf4Matrix(outputs, inputs, doubleQuantized: false);
        Fill(matrix.Codes, codes);
        Fill(matrix.AbsMax, absMax);
        return matrix;
    }

    /// <summary>Wraps stored codes and 8-bit scales, copying them.</summary>
    /// <param name="outputs">N.</param>
    /// <param name="inputs">K.</param>
    /// <param name="codes">ceil(N*K / 2) bytes, the first of two codes in the high nibble.</param>
    /// <param name="absMaxCodes">One code of the signed dynamic type for each 64 weights.</param>
    /// <param name="nestedAbsMax">One scale for each 256 scale codes.</param>
    /// <param name="offset">Added to every scale after it is read.</param>
    public static Nf4Matrix FromStored(
        int outputs, int inputs, ReadOnlySpan<byte> codes, ReadOnlySpan<byte> absMaxCodes, ReadOnlySpan<float> nestedAbsMax, float offset)
    {
        var matrix = new Nf4Matrix(outputs, inputs, doubleQuantized: true) { Offset = offset };
        Fill(matrix.Codes, codes);
        Fill(matrix.AbsMaxCodes!, absMaxCodes);
        Fill(matrix.NestedAbsMax!, nestedAbsMax);
        Nf4Scales.Read(matrix);
        return matrix;
    }

    /// <summary>Reads all weights.</summary>
    /// <param name="matrix">Packed weights.</param>
    /// <param name="into">(N, K) output.</param>
    public static void Dequantize(Nf4Matrix matrix, Tensor into)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfNotEqual(into.Rows, matrix.Outputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(into.Columns, matrix.Inputs);
        for (int row = 0; row < into.Rows; row++)
        {
            DequantizeRange(matrix, (long)row * matrix.Inputs, into.Row(row));
        }
    }

    /// <summary>Reads consecutive weights of the flattened matrix: level[code] * scale, one rounding.</summary>
    /// <param name="matrix">Packed weights.</param>
    /// <param name="start">Index of the first weight, row * K + column.</param>
    /// <param name="into">Output; its length is the number of weights.</param>
    public static void DequantizeRange(Nf4Matrix matrix, long start, Span<float> into)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + into.Length, (long)matrix.Outputs * matrix.Inputs, nameof(start));
        ReadOnlySpan<float> levels = Nf4Codebook.Levels;
        byte* codes = matrix.Codes.Pointer;
        float* scales = matrix.AbsMax.Pointer;
        for (int i = 0; i < into.Length; i++)
        {
            long index = start + i;
            int pair = codes[index >> 1];
            into[i] = levels[(index & 1) == 0 ? pair >> 4 : pair & 15] * scales[index / Nf4Matrix.BlockSize];
        }

        GC.KeepAlive(matrix);
    }

    /// <summary>As the public method; <paramref name="offset"/> replaces the mean of the scales.</summary>
    internal static Nf4Matrix Quantize(Tensor weights, bool doubleQuantize, float? offset, ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var matrix = new Nf4Matrix(weights.Rows, weights.Columns, doubleQuantize);
        fixed (float* thresholds = Nf4Codebook.Thresholds)
        {
            var job = new Nf4Packing(
                weights.Data, weights.Columns, weights.Stride, weights.Count, matrix.Codes.Pointer, matrix.AbsMax.Pointer, thresholds, Smallest);
            pool.Run(job.Chunks, job);
        }

        weights.KeepAlive();
        if (doubleQuantize)
        {
            Nf4Scales.Quantize(matrix, offset);
        }

        return matrix;
    }

    private static void Fill<T>(AlignedBuffer<T> buffer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, buffer.Length, nameof(values));
        values.CopyTo(buffer.Span(0, values.Length));
    }
}
