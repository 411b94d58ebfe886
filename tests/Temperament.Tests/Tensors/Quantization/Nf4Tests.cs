using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Quantization;

/// <summary>Against the published definition, on every instruction set. Bytes of real checkpoints are compared in the model tests.</summary>
public sealed class Nf4Tests : KernelTests
{
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Each_code_is_that_of_the_nearest_level(int R, int C)
    {
        double[] x = Draw.Uniform("x", R * C);

        using Nf4Matrix matrix = Nf4.Quantize(Memory.Tensor(x, R, C, gap: 3), doubleQuantize: false, Pool);

        byte[] codes = matrix.StoredCodes();
        float[] scales = matrix.StoredAbsMax();
        for (int i = 0; i < x.Length; i++)
        {
            int start = i / 64 * 64;
            double largest = x.Skip(start).Take(64).Max(Math.Abs), scaled = x[i] / largest;
            int code = i % 2 == 0 ? codes[i / 2] >> 4 : codes[i / 2] & 15;
            double nearest = Nf4Codebook.Levels.ToArray().Min(level => Math.Abs(level - scaled));
            Assert.Equal((float)largest, scales[i / 64]);
            Assert.Equal(nearest, Math.Abs(Nf4Codebook.Levels[code] - scaled), 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_is_read_and_packed_again_does_not_change(int R, int C)
    {
        using Nf4Matrix matrix = Nf4.Quantize(Memory.Tensor(Draw.Uniform("x", R * C), R, C), doubleQuantize: false, Pool);
        Tensor read = Memory.Filled(R, C, 7, gap: 2), again = Memory.Filled(R, C, 7);
        Nf4.Dequantize(matrix, read, Pool);

        using Nf4Matrix second = Nf4.Quantize(read, doubleQuantize: false, Pool);

        Nf4.Dequantize(second, again, null);
        AssertBits(Values(read), Values(again));
    }

    [Fact]
    public void A_number_on_a_threshold_takes_the_lower_level()
    {
        double[] x = new double[64];
        x[63] = 1;
        for (int i = 0; i < 15; i++)
        {
            x[i] = Nf4Codebook.Thresholds[i];
        }

        using Nf4Matrix matrix = Nf4.Quantize(Memory.Tensor(x, 1, 64), doubleQuantize: false, Pool);

        Tensor read = Memory.Filled(1, 64, 7);
        Nf4.Dequantize(matrix, read, Pool);
        AssertBits(Nf4Codebook.Levels[..15], read.Row(0)[..15]);
    }

    [Fact]
    public void A_block_of_zeros_keeps_scale_zero_unless_it_is_short_and_last()
    {
        using Nf4Matrix matrix = Nf4.Quantize(Memory.Filled(1, 100, 0), doubleQuantize: false, Pool);

        Assert.Equal([0f, 1e-38f], matrix.StoredAbsMax());
        Assert.Equal(-1, matrix.StoredCodes().IndexOfAnyExcept((byte)0x77));
    }

    [Fact]
    public void Double_quantised_scales_stay_within_the_step_of_the_dynamic_type()
    {
        using Nf4Matrix plain = Nf4.Quantize(Memory.Tensor(Draw.Uniform("x", 300 * 64), 300, 64), doubleQuantize: false, Pool);
        using Nf4Matrix nested = Nf4.Quantize(Memory.Tensor(Draw.Uniform("x", 300 * 64), 300, 64), doubleQuantize: true, Pool);

        Assert.True(nested.IsDoubleQuantized);
        Assert.Equal(2, nested.NestedAbsMax!.Length);
        Assert.Equal(plain.StoredCodes(), nested.StoredCodes());
        float[] exacts = plain.StoredAbsMax(), reads = nested.StoredAbsMax();
        for (int i = 0; i < 300; i++)
        {
            float exact = exacts[i], read = reads[i];
            Assert.InRange(Math.Abs(exact - read), 0, 0.01f * nested.NestedAbsMax.Span(i / 256, 1)[0]);
        }
    }

    [Fact]
    public void Bytes_do_not_depend_on_threads_or_instruction_set()
    {
        AssertSameOnAnyNumberOfThreads(Read);
        Assert.Equal(0xa67567ebu, Word(Read(Pool)));
    }

    [Fact]
    public void The_code_books_are_ascending_and_symmetric_where_they_are_signed()
    {
        Assert.Equal(Nf4Codebook.Levels.ToArray().Order(), Nf4Codebook.Levels.ToArray());
        Assert.Equal(15, Nf4Codebook.Thresholds.Length);
        Assert.Equal(256, Nf4Codebook.DynamicSigned.ToArray().Distinct().Count());
        Assert.Equal(256, Nf4Codebook.DynamicUnsigned.ToArray().Distinct().Count());
        for (int i = 0; i < 254; i++)
        {
            Assert.Equal(-Nf4Codebook.DynamicSigned[i], Nf4Codebook.DynamicSigned[254 - i]);
        }
    }

    [Fact]
    public void Stored_parts_of_a_wrong_size_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Nf4.FromStored(2, 64, new byte[63], new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Nf4.FromStored(2, 64, new byte[64], new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Nf4.FromStored(2, 64, new byte[64], new byte[2], new float[2], 0));
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(70, 192)]
    [InlineData(17, 72)]
    [InlineData(9, 100)]
    [InlineData(5, 7)]
    [InlineData(0, 64)]
    [InlineData(3, 0)]
    public void Stored_parts_come_back_as_they_went_in(int n, int k)
    {
        int count = n * k, blocks = (count + 63) / 64;
        var stream = new RandomStream(3, "stored");
        byte[] codes = [.. Enumerable.Range(0, (count + 1) / 2).Select(_ => (byte)stream.NextWord())];
        byte[] scaleCodes = [.. Enumerable.Range(0, blocks).Select(_ => (byte)stream.NextWord())];
        float[] scales = [.. Enumerable.Range(0, blocks).Select(i => i + 0.5f)], nested = [.. Enumerable.Range(0, (blocks + 255) / 256).Select(i => i + 1f)];
        if (count % 2 != 0)
        {
            codes[^1] = (byte)((codes[^1] & 0xf0) | 7);
        }

        using Nf4Matrix plain = Nf4.FromStored(n, k, codes, scales), twice = Nf4.FromStored(n, k, codes, scaleCodes, nested, 2);

        Assert.Equal(codes, plain.StoredCodes());
        Assert.Equal(scales, plain.StoredAbsMax());
        Assert.Equal(codes, twice.StoredCodes());
        Assert.Equal(scaleCodes, twice.StoredAbsMaxCodes());
        Assert.Throws<InvalidOperationException>(plain.StoredAbsMaxCodes);
    }

    [Fact]
    public unsafe void Both_ways_to_find_a_code_agree_beside_each_threshold_and_on_what_is_no_number()
    {
        Assert.SkipUnless(System.Runtime.Intrinsics.X86.Avx512F.IsSupported, "The look-up by buckets needs AVX-512.");
        var numbers = new List<float> { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1, -1, MathF.BitIncrement(1), -MathF.BitIncrement(1), 0, -0f, float.Epsilon, 1e30f };
        foreach (float threshold in Nf4Codebook.Thresholds)
        {
            numbers.AddRange([MathF.BitDecrement(threshold), threshold, MathF.BitIncrement(threshold)]);
        }

        for (int bucket = -16; bucket <= 16; bucket++)
        {
            float edge = bucket / Nf4Tables.BucketsPerUnit;
            numbers.AddRange([MathF.BitDecrement(edge), edge, MathF.BitIncrement(edge)]);
        }

        numbers.AddRange(Draw.Uniform("x", 4096).Select(x => (float)x));
        byte* pairs = stackalloc byte[32];
        foreach (float number in numbers)
        {
            Vector512<float> x = Vector512.Create(number);
            Assert.Equal(Nf4Coding.Counted(x), Nf4Coding.Bucketed(x, Nf4Tables.Buckets));
            if (MathF.Abs(number) <= MathF.BitIncrement(1))
            {
                Nf4Coding.PairsInside(
                    x, Vector512.Create(1f), x, Vector512.Create(-1f), Nf4Tables.Buckets, Nf4Coding.Order<FloatWeights>(), pairs);
                int code = (int)Nf4Coding.Counted(x)[0];
                Assert.Equal([(byte)(code * 17), 255, (byte)(code * 17), 0], new[] { pairs[0], pairs[8], pairs[23], pairs[31] });
            }
        }
    }

    [Theory]
    [InlineData(48, 256)]
    [InlineData(37, 192)]
    [InlineData(16, 64)]
    [InlineData(17, 72)]
    [InlineData(3, 7)]
    [InlineData(0, 64)]
    public void Bfloat16_is_packed_to_the_bytes_of_its_widened_numbers(int n, int k)
    {
        ushort[] halves = [.. Draw.Uniform("halves", n * k).Select(x => (ushort)(BitConverter.SingleToUInt32Bits((float)x) >> 16))];
        float[] widened = [.. halves.Select(h => BitConverter.UInt32BitsToSingle((uint)h << 16))];

        using Nf4Matrix expected = Nf4.Quantize(widened, n, k, doubleQuantize: true, Pool);
        using var packed = new Nf4Matrix(n, k, doubleQuantized: true);
        bool isFinite = Nf4.QuantizeBf16Into(MemoryMarshal.AsBytes(halves.AsSpan()), packed, Pool);

        Assert.True(isFinite);
        Assert.Equal(expected.StoredCodes(), packed.StoredCodes());
        Assert.Equal(expected.StoredAbsMaxCodes(), packed.StoredAbsMaxCodes());
        Assert.Equal(expected.StoredAbsMax(), packed.StoredAbsMax());
        Assert.Equal(expected.Offset, packed.Offset);
    }

    [Theory]
    [InlineData(32, 128)]
    [InlineData(5, 72)]
    public void Bfloat16_that_is_not_finite_is_not_packed(int n, int k)
    {
        foreach (ushort bad in new ushort[] { 0x7F80, 0xFF80, 0x7FC0, 0xFF81 })
        {
            var halves = new ushort[n * k];
            using var packed = new Nf4Matrix(n, k, doubleQuantized: false);
            Assert.True(Nf4.QuantizeBf16Into(MemoryMarshal.AsBytes(halves.AsSpan()), packed, Pool));
            halves[^3] = bad;
            Assert.False(Nf4.QuantizeBf16Into(MemoryMarshal.AsBytes(halves.AsSpan()), packed, Pool));
        }
    }

    [Fact]
    public unsafe void The_nearest_level_of_a_scale_is_found_beside_each_midpoint_too()
    {
        var numbers = new List<float> { 0, -0f, 1, -1, MathF.BitIncrement(1), -MathF.BitIncrement(1), float.Epsilon, -float.Epsilon };
        foreach (float middle in Nf4Codebook.SignedThresholds)
        {
            numbers.AddRange([MathF.BitDecrement(middle), middle, MathF.BitIncrement(middle)]);
        }

        for (int i = -1024; i <= 1024; i++)
        {
            numbers.AddRange([MathF.BitDecrement(i / 1024f), i / 1024f, MathF.BitIncrement(i / 1024f)]);
        }

        foreach (float x in numbers)
        {
            Assert.Equal(Nf4Codebook.NearestSigned(x), Nf4ScalePacking.Nearest(x, Nf4Tables.DynamicMidpoints, Nf4Tables.DynamicStarts));
        }
    }

    [Fact]
    public unsafe void The_mean_of_the_scales_is_that_of_adding_them_one_after_the_other()
    {
        foreach (float spread in new[] { 1f, 1e20f })
        {
            float[] scales = [.. Draw.Uniform("scales", 5000).Select((x, i) => MathF.Abs((float)x) * (i % 7 == 0 ? spread : 1))];
            Nf4ScaleSum[] parts = [.. scales.Chunk(100).Select(part => new Nf4ScaleSum(part.Sum(x => (double)x), part.Min(), true))];
            double sum = 0;
            foreach (float scale in scales)
            {
                sum += scale;
            }

            fixed (float* pointer = scales)
            {
                Assert.Equal((float)(sum / 5000), Nf4ScalePacking.Mean(pointer, 5000, parts));
            }
        }
    }

    private Tensor Read(ComputePool pool)
    {
        const int N = 333, K = 210;
        using Nf4Matrix matrix = Nf4.Quantize(Memory.Tensor(Draw.Uniform("x", N * K), N, K), doubleQuantize: true, pool);
        Tensor weights = Memory.Filled(N, K, 0);
        Nf4.Dequantize(matrix, weights, pool);
        return weights;
    }
}
