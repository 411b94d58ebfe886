using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Temperament.Tensors.Kernels;

namespace Temperament.Tensors.Quantization;

/// <summary>The arithmetic of a block of 64 weights in four registers.</summary>
internal static unsafe class Nf4Coding
{
    // Keeps the reciprocal of a scale finite.
    private const float SmallestScale = 1e-38f;

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
    public static float LargestFinite(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) =>
        LargestLane(Magnitudes(a, b, c, d));

    /// <summary>The largest magnitude of four numbers in each lane, as bits: ordered as magnitudes are, infinity and NaN behind all numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Magnitudes(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Vector512<uint> magnitude = Vector512.Create(0x7FFFFFFFu);
        return Vector512.Max(
            Vector512.Max(a.AsUInt32() & magnitude, b.AsUInt32() & magnitude), Vector512.Max(c.AsUInt32() & magnitude, d.AsUInt32() & magnitude));
    }

    /// <summary>As the other method, of the 64 weights of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Magnitudes<TWeights>(byte* from)
        where TWeights : struct, IPlainWeights
    {
        if (TWeights.Bytes == sizeof(ushort))
        {
            // Compared as they are stored; then the two halves of each lane.
            Vector512<ushort> magnitude = Vector512.Create((ushort)0x7FFF);
            Vector512<uint> pairs = Vector512.Max(
                Vector512.Load((ushort*)from) & magnitude, Vector512.Load((ushort*)from + 32) & magnitude).AsUInt32();
            return Vector512.Max(pairs << 16, pairs & Vector512.Create(0xFFFF0000u));
        }

        Load<TWeights>(from, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> d);
        return Magnitudes(a, b, c, d);
    }

    /// <summary>The largest of sixteen <see cref="Magnitudes{TWeights}"/> of each of sixteen rows: lane r is that of row r.</summary>
    /// <param name="magnitudes">16 rows of 16 numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LargestOfRows(float* magnitudes)
    {
        if (!Avx512F.IsSupported)
        {
            float* largest = stackalloc float[16];
            for (int row = 0; row < 16; row++)
            {
                largest[row] = LargestLane(Vector512.Load(magnitudes + (row * 16)).AsUInt32());
            }

            return Vector512.Load(largest);
        }

        // Four rows side by side in each group of four lanes; then the groups against each other, which brings the rows in order.
        var rows = new PlainRows<FloatWeights>((byte*)magnitudes, 16);
        Vector512<uint> a = LargestOfFour(rows, 0), b = LargestOfFour(rows, 4), c = LargestOfFour(rows, 8), d = LargestOfFour(rows, 12);
        Vector512<uint> ab = Vector512.Max(Avx512F.Shuffle4x128(a, b, 0x88), Avx512F.Shuffle4x128(a, b, 0xdd));
        Vector512<uint> cd = Vector512.Max(Avx512F.Shuffle4x128(c, d, 0x88), Avx512F.Shuffle4x128(c, d, 0xdd));
        return Vector512.Max(Avx512F.Shuffle4x128(ab, cd, 0x88), Avx512F.Shuffle4x128(ab, cd, 0xdd)).AsSingle();
    }

    /// <summary>What a block is divided by: its scale, or the smallest number whose reciprocal is finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Raised(float scale) => scale > SmallestScale ? scale : SmallestScale;

    /// <summary>1 / <see cref="Raised"/> in each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Reciprocal(Vector512<float> scales)
    {
        Vector512<float> smallest = Vector512.Create(SmallestScale);
        return Vector512.Create(1f) / Vector512.ConditionalSelect(Vector512.GreaterThan(scales, smallest), scales, smallest);
    }

    /// <summary>A block of 64 weights, in the order <see cref="Order"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TWeights>(byte* from, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> d)
        where TWeights : struct, IPlainWeights
    {
        if (Avx512Vbmi.IsSupported && TWeights.Bytes == sizeof(ushort))
        {
            // Two neighbours in bfloat16 are one lane: the second is its upper half.
            Vector512<uint> low = Vector512.Load((uint*)from), high = Vector512.Load((uint*)from + 16), upper = Vector512.Create(0xFFFF0000u);
            (a, b, c, d) = ((low << 16).AsSingle(), (low & upper).AsSingle(), (high << 16).AsSingle(), (high & upper).AsSingle());
            return;
        }

        (a, b) = (TWeights.Load16(from), TWeights.Load16(from + (16 * TWeights.Bytes)));
        (c, d) = (TWeights.Load16(from + (32 * TWeights.Bytes)), TWeights.Load16(from + (48 * TWeights.Bytes)));
    }

    /// <summary>Which byte each of the 64 weights of <see cref="Load"/> becomes where four registers of lanes are packed into one of bytes.</summary>
    public static byte* Order<TWeights>()
        where TWeights : struct, IPlainWeights => Nf4Tables.Orders + (TWeights.Bytes == sizeof(ushort) ? Nf4Matrix.BlockSize : 0);

    /// <summary>As <see cref="Pairs"/>, for finite weights of a block and their largest: nothing lies far outside of -1 .. 1.</summary>
    /// <param name="a">The first 16 weights as <see cref="Load"/> gives them, divided by their scale; then the next ones.</param>
    /// <param name="b">Weights 16 to 31.</param>
    /// <param name="c">Weights 32 to 47.</param>
    /// <param name="d">Weights 48 to 63.</param>
    /// <param name="buckets"><see cref="Nf4Tables.Buckets"/>.</param>
    /// <param name="order"><see cref="Order"/>.</param>
    /// <param name="pairs">Target.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PairsInside(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* buckets, byte* order, byte* pairs)
    {
        if (!Avx512Vbmi.IsSupported)
        {
            Pairs(a, b, c, d, buckets, pairs);
            return;
        }

        Vector512<float> low = Vector512.Load(buckets), high = Vector512.Load(buckets + 16);
        Vector512<byte> choices = Avx512BW.PackUnsignedSaturate(
            Avx512BW.PackUnsignedSaturate(Choice(a, low, high), Choice(b, low, high)).AsInt16(),
            Avx512BW.PackUnsignedSaturate(Choice(c, low, high), Choice(d, low, high)).AsInt16());
        Vector512<byte> codes = Avx512Vbmi.PermuteVar64x8(
            Vector512.Load((byte*)(buckets + 64)), Avx512Vbmi.PermuteVar64x8(choices, Vector512.Load(order)));
        Vector512<short> bytes = Avx512BW.MultiplyAddAdjacent(codes, Vector512.Create((ushort)0x0110).AsSByte());
        Avx512BW.ConvertToVector256Byte(bytes.AsUInt16()).Store(pairs);
    }

    /// <summary>The bucket of each lane, and 32 more where the threshold of the bucket lies below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Choice(Vector512<float> x, Vector512<float> low, Vector512<float> high)
    {
        Vector512<int> bucket = Avx512F.ConvertToVector512Int32WithTruncation(
            Avx512F.FusedMultiplyAdd(x, Vector512.Create(Nf4Tables.BucketsPerUnit), Vector512.Create(Nf4Tables.BucketCount / 2f)));
        Vector512<float> threshold = Avx512F.PermuteVar16x32x2(low, bucket, high);
        return Vector512.ConditionalSelect(
            Vector512.LessThan(threshold, x).AsInt32(), bucket + Vector512.Create(Nf4Tables.BucketCount), bucket);
    }

    // The largest of the four lanes i, i + 4, i + 8, i + 12 of each of four rows is in one lane: row r of group g in lane 4 g + r.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> LargestOfFour(PlainRows<FloatWeights> rows, int row)
    {
        Transpose16.Quad(rows, row, 0, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        return Vector512.Max(Vector512.Max(c0.AsUInt32(), c1.AsUInt32()), Vector512.Max(c2.AsUInt32(), c3.AsUInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float LargestLane(Vector512<uint> v16)
    {
        Vector256<uint> v8 = Vector256.Max(v16.GetLower(), v16.GetUpper());
        Vector128<uint> v4 = Vector128.Max(v8.GetLower(), v8.GetUpper());
        Vector128<uint> v2 = Vector128.Max(v4, Vector128.Shuffle(v4, Vector128.Create(2u, 3, 0, 1)));
        return BitConverter.UInt32BitsToSingle(Vector128.Max(v2, Vector128.Shuffle(v2, Vector128.Create(1u, 0, 3, 2))).ToScalar());
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
