using System.Runtime.InteropServices;

namespace Temperament.Tensors.Quantization;

/// <summary>The tables of <see cref="Nf4Codebook"/>, and forms of them that kernels look up in, where kernels reach them by address.</summary>
internal static unsafe class Nf4Tables
{
    /// <summary>Number of <see cref="Buckets"/>.</summary>
    public const int BucketCount = 32;

    /// <summary>Buckets a unit: bucket 16 begins at 0, and the last one holds 1, with room for a rounding.</summary>
    public const float BucketsPerUnit = 15.99f;

    /// <summary>Intervals of <see cref="DynamicStarts"/> in a unit.</summary>
    public const float StartsPerUnit = 1024;

    /// <summary>The sixteen levels, and behind them four tables of their bytes, lowest byte first.</summary>
    public static readonly float* Levels = WithBytes(Nf4Codebook.Levels);

    /// <summary>The 256 levels of the signed dynamic type, and behind them four tables of their bytes, lowest byte first.</summary>
    public static readonly float* Dynamic = WithBytes(Nf4Codebook.DynamicSigned);

    /// <summary>The 255 midpoints of the signed dynamic type, and NaN.</summary>
    public static readonly float* DynamicMidpoints = Copy([.. Nf4Codebook.SignedThresholds, float.NaN]);

    /// <summary>The midpoints below the first number of each of 2,049 intervals, from -1 on.</summary>
    public static readonly byte* DynamicStarts = Copy<byte>(StartsOfIntervals());

    /// <summary>
    /// The one threshold that lies in each bucket, or infinity: buckets are narrower than any two thresholds are apart. Behind them, as
    /// integers, the number of thresholds below each bucket; behind those, as bytes, the two codes of each bucket: below its threshold and
    /// above it.
    /// </summary>
    public static readonly float* Buckets = Copy<float>([.. ThresholdsOfBuckets(), .. StartsOfBuckets(), .. CodesOfBuckets()]);

    private static int Bucket(float threshold) => (int)MathF.FusedMultiplyAdd(threshold, BucketsPerUnit, BucketCount / 2);

    private static float[] ThresholdsOfBuckets()
    {
        float[] thresholds = [.. Enumerable.Repeat(float.PositiveInfinity, BucketCount)];
        foreach (float threshold in Nf4Codebook.Thresholds)
        {
            thresholds[Bucket(threshold)] = threshold;
        }

        return thresholds;
    }

    private static float[] StartsOfBuckets()
    {
        int[] buckets = [.. Nf4Codebook.Thresholds.ToArray().Select(Bucket)];
        return [.. Enumerable.Range(0, BucketCount).Select(bucket => BitConverter.Int32BitsToSingle(buckets.Count(b => b < bucket)))];
    }

    private static float[] CodesOfBuckets()
    {
        byte[] codes = [.. StartsOfBuckets().SelectMany(start => (byte[])[(byte)BitConverter.SingleToInt32Bits(start), (byte)(BitConverter.SingleToInt32Bits(start) + 1)])];
        return MemoryMarshal.Cast<byte, float>(codes).ToArray();
    }

    private static byte[] StartsOfIntervals()
    {
        byte[] starts = new byte[(2 * (int)StartsPerUnit) + 1];
        for (int i = 0; i < starts.Length; i++)
        {
            while (starts[i] < Nf4Codebook.SignedThresholds.Length && Nf4Codebook.SignedThresholds[starts[i]] < (i / StartsPerUnit) - 1)
            {
                starts[i]++;
            }
        }

        return starts;
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
