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
    /// integers, the number of thresholds below each bucket; behind those, as bytes, the code of each bucket below its threshold, and of each
    /// bucket above it.
    /// </summary>
    public static readonly float* Buckets = Copy<float>([.. ThresholdsOfBuckets(), .. StartsOfBuckets(), .. CodesOfBuckets()]);

    /// <summary>
    /// The bytes in which 64 neighbours stand after four registers of 16 lanes were packed into one of bytes, which takes four lanes of each
    /// register in turn: where the registers hold the neighbours one after the other, and where two hold the even ones and the odd ones of 32.
    /// </summary>
    public static readonly byte* Orders = Copy<byte>([.. Enumerable.Range(0, 64).Select(i => PackedByte(i / 16, i % 16)),
        .. Enumerable.Range(0, 64).Select(i => PackedByte((i / 32 * 2) + (i % 2), i % 32 / 2))]);

    private static byte PackedByte(int register, int lane) => (byte)((lane / 4 * 16) + (register * 4) + (lane % 4));

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
        byte[] below = [.. StartsOfBuckets().Select(start => (byte)BitConverter.SingleToInt32Bits(start))];
        byte[] codes = [.. below, .. below.Select(code => (byte)(code + 1))];
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

    /// <summary>A table that kernels reach by address: numbers, and behind them four tables of their bytes, lowest byte first.</summary>
    internal static float* WithBytes(ReadOnlySpan<float> values)
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
