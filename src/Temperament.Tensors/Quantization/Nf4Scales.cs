namespace Temperament.Tensors.Quantization;

/// <summary>
/// Double quantisation: the scales less their mean become 8-bit codes of the signed dynamic type, with one scale for each 256 of them.
/// </summary>
internal static unsafe class Nf4Scales
{
    /// <summary>Quantises the scales of a matrix and replaces them by what they read as.</summary>
    /// <param name="matrix">A matrix with float32 scales.</param>
    /// <param name="offset">Taken off the scales; their mean where it is null.</param>
    public static void Quantize(Nf4Matrix matrix, float? offset)
    {
        float* scales = matrix.AbsMax.Pointer;
        byte* codes = matrix.AbsMaxCodes!.Pointer;
        long count = matrix.AbsMax.Length;
        matrix.Offset = offset ?? Mean(scales, count);
        for (long start = 0; start < count; start += Nf4Matrix.NestedBlockSize)
        {
            long end = Math.Min(count, start + Nf4Matrix.NestedBlockSize);
            float largest = 0;
            for (long i = start; i < end; i++)
            {
                largest = Math.Max(largest, Math.Abs(scales[i] - matrix.Offset));
            }

            matrix.NestedAbsMax!.Pointer[start / Nf4Matrix.NestedBlockSize] = largest;
            float reciprocal = 1 / largest;
            for (long i = start; i < end; i++)
            {
                codes[i] = largest == 0 ? (byte)0 : Nf4Codebook.NearestSigned((scales[i] - matrix.Offset) * reciprocal);
            }
        }

        Read(matrix);
    }

    /// <summary>Sets the float32 scales from their codes: level * nested scale, rounded, plus the offset, rounded.</summary>
    /// <param name="matrix">A double-quantised matrix.</param>
    public static void Read(Nf4Matrix matrix)
    {
        ReadOnlySpan<float> levels = Nf4Codebook.DynamicSigned;
        float* scales = matrix.AbsMax.Pointer, nested = matrix.NestedAbsMax!.Pointer;
        byte* codes = matrix.AbsMaxCodes!.Pointer;
        for (long i = 0; i < matrix.AbsMax.Length; i++)
        {
            scales[i] = (levels[codes[i]] * nested[i / Nf4Matrix.NestedBlockSize]) + matrix.Offset;
        }
    }

    private static float Mean(float* values, long count)
    {
        double sum = 0;
        for (long i = 0; i < count; i++)
        {
            sum += values[i];
        }

        return count == 0 ? 0 : (float)(sum / count);
    }
}
