using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.Tests.Tensors.Memory;

/// <summary>A fingerprint changes with any bit, and with nothing else.</summary>
public sealed class FingerprintTests : IDisposable
{
    private readonly ComputePool _one = new(1);
    private readonly ComputePool _three = new(3);

    public void Dispose()
    {
        _one.Dispose();
        _three.Dispose();
    }

    // Rows of a whole round of the chains, of a part of a register, of more than a part of the work, and of one number.
    [Theory]
    [InlineData(3, 128)]
    [InlineData(5, 77)]
    [InlineData(2, 300_000)]
    [InlineData(4, 1)]
    public void Any_one_bit_of_a_tensor_changes_it_and_threads_do_not(int rows, int columns)
    {
        Tensor numbers = Tensor.Zeros(rows, columns);
        byte[] before = Fingerprint.Of(_one, numbers);
        Assert.Equal(before, Fingerprint.Of(_three, numbers));
        foreach ((int row, int column) in new[] { (0, 0), (rows - 1, columns - 1), (rows / 2, columns / 2), (rows - 1, 0) })
        {
            numbers[row, column] = -0f;
            Assert.NotEqual(before, Fingerprint.Of(_three, numbers));
            numbers[row, column] = 0;
        }

        Assert.Equal(before, Fingerprint.Of(_one, numbers));
    }

    [Fact]
    public void Two_numbers_that_change_places_change_it()
    {
        Tensor numbers = Tensor.Zeros(1, 256);
        (numbers[0, 0], numbers[0, 128]) = (1, 2);
        byte[] before = Fingerprint.Of(_one, numbers);
        (numbers[0, 0], numbers[0, 128]) = (2, 1);
        Assert.NotEqual(before, Fingerprint.Of(_one, numbers));
    }

    [Fact]
    public void Two_signs_that_turn_in_one_chain_change_it()
    {
        Tensor numbers = Tensor.Zeros(1, 256);
        numbers.Span.Fill(1);
        byte[] before = Fingerprint.Of(_one, numbers);
        (numbers[0, 1], numbers[0, 65]) = (-1, -1);
        Assert.NotEqual(before, Fingerprint.Of(_one, numbers));
    }

    [Fact]
    public void What_lies_between_the_rows_of_a_part_of_a_tensor_is_not_read()
    {
        Tensor all = Tensor.Zeros(3, 40), part = all.SliceColumns(3, 20);
        byte[] before = Fingerprint.Of(_one, part);
        all[1, 2] = all[1, 23] = 1;
        Assert.Equal(before, Fingerprint.Of(_one, part));
        all[1, 22] = 1;
        Assert.NotEqual(before, Fingerprint.Of(_one, part));
    }

    [Fact]
    public void One_code_or_scale_of_four_bit_weights_and_one_half_change_it()
    {
        Tensor numbers = Tensor.Zeros(64, 64);
        numbers.Span.Fill(1);
        numbers[0, 0] = -1;
        byte[] Nf4Of(bool nested)
        {
            using Nf4Matrix matrix = Nf4.Quantize(numbers, nested, _one);
            return Fingerprint.Of(_three, WeightMatrix.FromNf4(matrix));
        }

        byte[] Bf16Of()
        {
            using Bf16Matrix matrix = Bf16Matrix.Round(numbers);
            return Fingerprint.Of(_three, WeightMatrix.FromBf16(matrix));
        }

        byte[][] before = [Nf4Of(false), Nf4Of(true), Bf16Of()];
        Assert.Equal(before, [Nf4Of(false), Nf4Of(true), Bf16Of()]);
        numbers[63, 62] = -1;
        byte[][] code = [Nf4Of(false), Nf4Of(true), Bf16Of()];
        numbers[63, 62] = 1;
        numbers[63, 63] = 2;
        byte[][] scale = [Nf4Of(false), Nf4Of(true), Bf16Of()];
        Assert.All(before.Zip(code), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.All(before.Zip(scale), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public void One_code_scale_or_minimum_of_a_block_changes_it()
    {
        byte[] row = new byte[20];
        byte[] Print(int changed)
        {
            byte[] stored = [.. row];
            if (changed >= 0)
            {
                stored[changed] ^= 1;
            }

            using var matrix = new BlockMatrix(WeightFormat.Q41, 3, 32);
            matrix.Store(2, stored);
            return Fingerprint.Of(_three, WeightMatrix.FromBlocks(matrix));
        }

        byte[] before = Print(-1);
        Assert.Equal(before, Print(-1));
        Assert.All(new[] { 0, 2, 4, 19 }, changed => Assert.NotEqual(before, Print(changed)));
    }
}
