using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Kernels;

namespace Temperament.Tensors.Quantization;

/// <summary>The arithmetic of a block of 64 weights in four registers.</summary>
internal static unsafe class Nf4Coding
{
    /// <summary>The largest magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        if (!Avx512F.IsSupported)
        {
            return Lanes.Max(Lanes.Max(Lanes.Max(Vector512.Abs(a), Vector512.Abs(b)), Lanes.Max(Vector512.Abs(c), Vector512.Abs(d))));
        }

        // The same choices, one instruction each: the second operand where two cannot be compared.
        Vector512<float> v16 = Avx512F.Max(
            Avx512F.Max(Vector512.Abs(a), Vector512.Abs(b)), Avx512F.Max(Vector512.Abs(c), Vector512.Abs(d)));
        Vector256<float> v8 = Avx.Max(v16.GetLower(), v16.GetUpper());
        Vector128<float> v4 = Sse.Max(v8.GetLower(), v8.GetUpper());
        Vector128<float> v2 = Sse.Max(v4, Sse.Shuffle(v4, v4, 0b_10_11_00_01));
        return Sse.MaxScalar(v2, Sse.MoveHighToLow(v2, v2)).ToScalar();
    }

    /// <summary>The largest magnitude where all numbers are finite; else infinity or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LargestFinite(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        // Magnitudes are ordered as their bits are, infinity and NaN behind all numbers.
        Vector512<uint> magnitude = Vector512.Create(0x7FFFFFFFu);
        Vector512<uint> v16 = Vector512.Max(
            Vector512.Max(a.AsUInt32() & magnitude, b.AsUInt32() & magnitude), Vector512.Max(c.AsUInt32() & magnitude, d.AsUInt32() & magnitude));
        Vector256<uint> v8 = Vector256.Max(v16.GetLower(), v16.GetUpper());
        Vector128<uint> v4 = Vector128.Max(v8.GetLower(), v8.GetUpper());
        Vector128<uint> v2 = Vector128.Max(v4, Vector128.Shuffle(v4, Vector128.Create(2u, 3, 0, 1)));
        return BitConverter.UInt32BitsToSingle(Vector128.Max(v2, Vector128.Shuffle(v2, Vector128.Create(1u, 0, 3, 2))).ToScalar());
    }

    /// <summary>As <see cref="Pairs"/>, for finite weights of a block and their largest: nothing lies far outside of -1 .. 1.</summary>
    /// <param name="a">The first 16 weights, divided by their scale; then the next ones.</param>
    /// <param name="b">Weights 16 to 31.</param>
    /// <param name="c">Weights 32 to 47.</param>
    /// <param name="d">Weights 48 to 63.</param>
    /// <param name="buckets"><see cref="Nf4Tables.Buckets"/>.</param>
    /// <param name="pairs">Target.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PairsInside(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* buckets, byte* pairs)
    {
        if (!Avx512Vbmi.IsSupported)
        {
            Pairs(a, b, c, d, buckets, pairs);
            return;
        }

        Vector512<float> low = Vector512.Load(buckets), high = Vector512.Load(buckets + 16);
        Vector256<byte> ab = Vector256.Create(Avx512F.ConvertToVector128Byte(Choice(a, low, high)), Avx512F.ConvertToVector128Byte(Choice(b, low, high)));
        Vector256<byte> cd = Vector256.Create(Avx512F.ConvertToVector128Byte(Choice(c, low, high)), Avx512F.ConvertToVector128Byte(Choice(d, low, high)));
        Vector512<byte> codes = Avx512Vbmi.PermuteVar64x8(Vector512.Load((byte*)(buckets + 64)), Vector512.Create(ab, cd));
        Vector512<short> bytes = Avx512BW.MultiplyAddAdjacent(codes, Vector512.Create((ushort)0x0110).AsSByte());
        Avx512BW.ConvertToVector256Byte(bytes.AsUInt16()).Store(pairs);
    }

    /// <summary>Twice the bucket of each lane, and 1 more where the threshold of the bucket lies below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Choice(Vector512<float> x, Vector512<float> low, Vector512<float> high)
    {
        Vector512<int> bucket = Avx512F.ConvertToVector512Int32WithTruncation(
            Avx512F.FusedMultiplyAdd(x, Vector512.Create(Nf4Tables.BucketsPerUnit), Vector512.Create(Nf4Tables.BucketCount / 2f)));
        Vector512<float> threshold = Avx512F.PermuteVar16x32x2(low, bucket, high);
        return (bucket + bucket).AsUInt32() - Vector512.LessThan(threshold, x).AsUInt32();
    }

    /// <summary>32 bytes of codes, the first of two in the high nibble.</summary>
    /// <param name="a">The first 16 weights, divided by their scale; then the next ones.</param>
    /// <param name="b">Weights 16 to 31.</param>
    /// <param name="c">Weights 32 to 47.</param>
    /// <param name="d">Weights 48 to 63.</param>
    /// <param name="buckets"><see cref="Nf4Tables.Buckets"/>.</param>
    /// <param name="pairs">Target.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pairs(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* buckets, byte* pairs)
    {
        if (Avx512F.IsSupported)
        {
            Vector128<sbyte> sixteen = Vector128.Create((ushort)0x0110).AsSByte();
            Vector128<short> a2 = Ssse3.MultiplyAddAdjacent(Avx512F.ConvertToVector128Byte(Bucketed(a, buckets)), sixteen);
            Vector128<short> b2 = Ssse3.MultiplyAddAdjacent(Avx512F.ConvertToVector128Byte(Bucketed(b, buckets)), sixteen);
            Vector128<short> c2 = Ssse3.MultiplyAddAdjacent(Avx512F.ConvertToVector128Byte(Bucketed(c, buckets)), sixteen);
            Vector128<short> d2 = Ssse3.MultiplyAddAdjacent(Avx512F.ConvertToVector128Byte(Bucketed(d, buckets)), sixteen);
            Sse2.PackUnsignedSaturate(a2, b2).Store(pairs);
            Sse2.PackUnsignedSaturate(c2, d2).Store(pairs + 16);
            return;
        }

        Nibbles(Counted(a), pairs);
        Nibbles(Counted(b), pairs + 8);
        Nibbles(Counted(c), pairs + 16);
        Nibbles(Counted(d), pairs + 24);
    }

    /// <summary>The code of each lane, how many thresholds lie below it: the thresholds below its bucket, and the one within the bucket.</summary>
    /// <param name="x">Weights divided by their scale. NaN has code 0, as no threshold is below it.</param>
    /// <param name="buckets"><see cref="Nf4Tables.Buckets"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> Bucketed(Vector512<float> x, float* buckets)
    {
        // Both choices take their second operand where they cannot compare. The look-ups read five bits: NaN, which becomes 2^31, reads bucket 0.
        Vector512<float> inside = Avx512F.Max(Vector512.Create(-1f), Avx512F.Min(Vector512.Create(1f), x));
        Vector512<int> bucket = Avx512F.ConvertToVector512Int32WithTruncation(
            Avx512F.FusedMultiplyAdd(inside, Vector512.Create(Nf4Tables.BucketsPerUnit), Vector512.Create(Nf4Tables.BucketCount / 2f)));
        Vector512<float> threshold = Avx512F.PermuteVar16x32x2(Vector512.Load(buckets), bucket, Vector512.Load(buckets + 16));
        Vector512<uint> start = Avx512F.PermuteVar16x32x2(
            Vector512.Load(buckets + 32).AsUInt32(), bucket.AsUInt32(), Vector512.Load(buckets + 48).AsUInt32());
        return start - Vector512.LessThan(threshold, inside).AsUInt32();
    }

    /// <summary>The code of each lane: how many thresholds lie below it, so that an exact tie takes the lower level.</summary>
    /// <param name="x">Weights divided by their scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> Counted(Vector512<float> x)
    {
        Vector512<uint> below = default;
        foreach (float threshold in Nf4Codebook.Thresholds)
        {
            // A true comparison is all ones, that is -1.
            below -= Vector512.LessThan(Vector512.Create(threshold), x).AsUInt32();
        }

        return below;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Nibbles(Vector512<uint> codes, byte* pairs)
    {
        uint* lanes = stackalloc uint[16];
        codes.Store(lanes);
        for (int i = 0; i < 8; i++)
        {
            pairs[i] = (byte)((lanes[2 * i] << 4) | lanes[(2 * i) + 1]);
        }
    }
}
