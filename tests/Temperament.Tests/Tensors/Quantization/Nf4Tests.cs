using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
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

        for (int i = 0; i < x.Length; i++)
        {
            int start = i / 64 * 64;
            double largest = x.Skip(start).Take(64).Max(Math.Abs), scaled = x[i] / largest;
            int code = i % 2 == 0 ? matrix.Codes.Span(i / 2, 1)[0] >> 4 : matrix.Codes.Span(i / 2, 1)[0] & 15;
            double nearest = Nf4Codebook.Levels.ToArray().Min(level => Math.Abs(level - scaled));
            Assert.Equal((float)largest, matrix.AbsMax.Span(i / 64, 1)[0]);
            Assert.Equal(nearest, Math.Abs(Nf4Codebook.Levels[code] - scaled), 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_is_read_and_packed_again_does_not_change(int R, int C)
    {
        using Nf4Matrix matrix = Nf4.Quantize(Memory.Tensor(Draw.Uniform("x", R * C), R, C), doubleQuantize: false, Pool);
        Tensor read = Memory.Filled(R, C, 7, gap: 2), again = Memory.Filled(R, C, 7);
        Nf4.Dequantize(matrix, read);

        using Nf4Matrix second = Nf4.Quantize(read, doubleQuantize: false, Pool);

        Nf4.Dequantize(second, again);
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
        Nf4.Dequantize(matrix, read);
        AssertBits(Nf4Codebook.Levels[..15], read.Row(0)[..15]);
    }

    [Fact]
    public void A_block_of_zeros_keeps_scale_zero_unless_it_is_short_and_last()
    {
        using Nf4Matrix matrix = Nf4.Quantize(Memory.Filled(1, 100, 0), doubleQuantize: false, Pool);

        Assert.Equal([0f, 1e-38f], matrix.AbsMax.Span(0, 2).ToArray());
        Assert.Equal(-1, matrix.Codes.Span(0, 50).IndexOfAnyExcept((byte)0x77));
    }

    [Fact]
    public void A_range_is_part_of_the_whole()
    {
        using Nf4Matrix matrix = Nf4.Quantize(Memory.Tensor(Draw.Uniform("x", 7 * 100), 7, 100), doubleQuantize: true, Pool);
        Tensor whole = Memory.Filled(7, 100, 0);
        Nf4.Dequantize(matrix, whole);
        foreach ((int start, int length) in new[] { (0, 1), (1, 1), (63, 3), (99, 130), (699, 1), (700, 0) })
        {
            float[] part = new float[length];
            Nf4.DequantizeRange(matrix, start, part);
            AssertBits(Values(whole).AsSpan(start, length), part);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Nf4.DequantizeRange(matrix, 699, new float[2]));
    }

    [Fact]
    public void Double_quantised_scales_stay_within_the_step_of_the_dynamic_type()
    {
        using Nf4Matrix plain = Nf4.Quantize(Memory.Tensor(Draw.Uniform("x", 300 * 64), 300, 64), doubleQuantize: false, Pool);
        using Nf4Matrix nested = Nf4.Quantize(Memory.Tensor(Draw.Uniform("x", 300 * 64), 300, 64), doubleQuantize: true, Pool);

        Assert.True(nested.IsDoubleQuantized);
        Assert.Equal(2, nested.NestedAbsMax!.Length);
        Assert.Equal(plain.Codes.Span(0, 9600), nested.Codes.Span(0, 9600));
        for (int i = 0; i < 300; i++)
        {
            float exact = plain.AbsMax.Span(i, 1)[0], read = nested.AbsMax.Span(i, 1)[0];
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
    public void Stored_parts_of_a_wrong_size_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Nf4.FromStored(2, 64, new byte[63], new float[2]));

    private Tensor Read(ComputePool pool)
    {
        const int N = 333, K = 210;
        using Nf4Matrix matrix = Nf4.Quantize(Memory.Tensor(Draw.Uniform("x", N * K), N, K), doubleQuantize: true, pool);
        Tensor weights = Memory.Filled(N, K, 0);
        Nf4.Dequantize(matrix, weights);
        return weights;
    }
}
