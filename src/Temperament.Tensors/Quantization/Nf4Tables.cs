using System.Runtime.InteropServices;

namespace Temperament.Tensors.Quantization;

/// <summary>The tables of <see cref="Nf4Codebook"/>, and forms of them that kernels look up in, where kernels reach them by address.</summary>
internal static unsafe class Nf4Tables
{
    /// <summary>Buckets of <see cref="BucketThresholds"/>.</summary>
    public const int Buckets = 32;

    /// <summary>Buckets a unit: bucket 16 begins at 0, and the last one holds 1, with room for a rounding.</summary>
    public const float BucketsPerUnit = 15.99f;

    /// <summary>The sixteen levels, and behind them four tables of their bytes, lowest byte first.</summary>
    public static readonly float* Levels = WithBytes(Nf4Codebook.Levels);

    /// <summary>The 256 levels of the signed dynamic type, and behind them four tables of their bytes, lowest byte first.</summary>
    public static readonly float* Dynamic = WithBytes(Nf4Codebook.DynamicSigned);

    /// <summary>The 255 midpoints of the signed dynamic type, and NaN.</summary>
    public static readonly float* DynamicMidpoints = Copy([.. Nf4Codebook.SignedThresholds, float.NaN]);

    /// <summary>The one threshold that lies in a bucket, or infinity: buckets are narrower than any two thresholds are apart.</summary>
    public static readonly float* BucketThresholds = Copy(ThresholdsOfBuckets());

    /// <summary>Thresholds below each bucket.</summary>
    public static readonly uint* BucketStarts = Copy<uint>(StartsOfBuckets());

    private static int Bucket(float threshold) => (int)MathF.FusedMultiplyAdd(threshold, BucketsPerUnit, Buckets / 2);

    private static float[] ThresholdsOfBuckets()
    {
        float[] thresholds = [.. Enumerable.Repeat(float.PositiveInfinity, Buckets)];
        foreach (float threshold in Nf4Codebook.Thresholds)
        {
            thresholds[Bucket(threshold)] = threshold;
        }

        return thresholds;
    }

    private static uint[] StartsOfBuckets()
    {
        int[] buckets = [.. Nf4Codebook.Thresholds.ToArray().Select(Bucket)];
        return [.. Enumerable.Range(0, Buckets).Select(bucket => (uint)buckets.Count(b => b < bucket))];
    }

    private static float* WithBytes(ReadOnlySpan<float> values)
    {
        float[] table = new float[values.Length * 2];
        values.CopyTo(table);
        Span<byte> bytes = MemoryMarshal.AsBytes(table.AsSpan(values.Length));
        for (int i = 0; i < bytes.Length; i++)
        {
            (int plane, int value) = Math.DivRem(i, values.Length);
            bytes[i] = (byte)(BitConverter.SingleToUInt32Bits(values[value]) >> (8 * plane));
        }

        return Copy<float>(table);
    }

    private static T* Copy<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        T* memory = (T*)NativeMemory.AlignedAlloc((nuint)(values.Length * sizeof(T)), 64);
        values.CopyTo(new Span<T>(memory, values.Length));
        return memory;
    }
}
