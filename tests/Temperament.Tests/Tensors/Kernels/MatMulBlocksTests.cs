using System.Buffers.Binary;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

/// <summary>Products with weights in block formats have the bits of products with the same weights in float32.</summary>
public sealed class MatMulBlocksTests
{
    public static TheoryData<WeightFormat> Formats =>
        [WeightFormat.Q40, WeightFormat.Q41, WeightFormat.Q50, WeightFormat.Q51, WeightFormat.Q80, WeightFormat.Iq4Nl];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Products_have_the_bits_of_widened_weights(WeightFormat format)
    {
        using var pool = new ComputePool(2);
        foreach ((int n, int k) in new[] { (1, 32), (15, 64), (65, 96), (130, 288), (64, 544) })
        {
            using BlockMatrix matrix = Draw(format, n, k);
            WeightMatrix blocks = WeightMatrix.FromBlocks(matrix), wide = Wide(blocks);
            foreach (int m in new[] { 1, 2, 3, 4, 5, 9, 12, 13, 29, 36, 37, 61 })
            {
                AssertSame(pool, blocks, wide, m);
            }
        }
    }

    [Theory]
    [InlineData(WeightFormat.Q41, 1, 200, 576)]
    [InlineData(WeightFormat.Q80, 14, 200, 320)]
    [InlineData(WeightFormat.Q41, 70, 130, 96)]
    public void Bits_do_not_depend_on_the_number_of_threads(WeightFormat format, int m, int n, int k)
    {
        using BlockMatrix matrix = Draw(format, n, k);
        WeightMatrix blocks = WeightMatrix.FromBlocks(matrix), wide = Wide(blocks);
        foreach (int threads in new[] { 1, 3, 8 })
        {
            using var pool = new ComputePool(threads);
            AssertSame(pool, blocks, wide, m);
        }
    }

    [Fact]
    public void Many_rows_at_once_have_the_same_bits()
    {
        using var pool = new ComputePool(2);
        using BlockMatrix matrix = Draw(WeightFormat.Q41, 67, 64);
        AssertSame(pool, WeightMatrix.FromBlocks(matrix), Wide(WeightMatrix.FromBlocks(matrix)), 512);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_part_of_the_rows_is_what_it_is_in_the_whole(WeightFormat format)
    {
        using var pool = new ComputePool(1);
        using BlockMatrix matrix = Draw(format, 150, 64);
        WeightMatrix part = WeightMatrix.FromBlocks(matrix).SliceRows(64, 70);
        Tensor row = Tensor.Zeros(1, 64);
        for (int r = 0; r < 70; r++)
        {
            part.ReadRow(r, row.Span);
            Assert.Equal(Enumerable.Range(0, 64).Select(c => matrix[64 + r, c]), row.ToArray());
        }

        AssertSame(pool, part, Wide(part), 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.SliceRows(10, 10));
    }

    [Fact]
    public void Rows_of_a_table_are_looked_up()
    {
        using var pool = new ComputePool(2);
        using BlockMatrix matrix = Draw(WeightFormat.Q80, 100, 96);
        WeightMatrix table = WeightMatrix.FromBlocks(matrix);
        int[] tokens = [99, 0, 64, 63, 99];
        Tensor y = Tensor.Zeros(5, 96), expected = Tensor.Zeros(5, 96);
        Embedding.Forward(pool, y, table, tokens);
        Embedding.Forward(pool, expected, Wide(table).Dense, tokens);
        Assert.Equal(expected.ToArray(), y.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => Embedding.Forward(pool, y, table, [0, 1, 2, 3, 100]));
    }

    [Fact]
    public void Nothing_is_allocated_once_the_scratch_has_grown()
    {
        using var pool = new ComputePool(2);
        using BlockMatrix matrix = Draw(WeightFormat.Q41, 70, 96);
        WeightMatrix blocks = WeightMatrix.FromBlocks(matrix);
        Tensor x = Tensor.Zeros(40, 96), y = Tensor.Zeros(40, 70);
        ManagedHeap.AssertUntouched(() =>
        {
            MatMul.Forward(pool, y.SliceRows(0, 1), x.SliceRows(0, 1), blocks);
            MatMul.Forward(pool, y.SliceRows(0, 14), x.SliceRows(0, 14), blocks);
            MatMul.Forward(pool, y, x, blocks);
            MatMul.BackwardInput(pool, x, y, blocks, accumulate: false);
        });
    }

    [Fact]
    public void Scales_that_are_no_numbers_are_told_and_tiny_ones_are_exact()
    {
        using var matrix = new BlockMatrix(WeightFormat.Q41, 1, 32);
        byte[] row = new byte[20];
        row.AsSpan(4).Fill(0x21);
        BinaryPrimitives.WriteUInt16LittleEndian(row, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(row.AsSpan(2), 0x8003);
        Assert.True(matrix.Store(0, row));
        Assert.Equal(-2 * MathF.Pow(2, -24), matrix[0, 3]);
        Assert.Equal(-MathF.Pow(2, -24), matrix[0, 20]);
        using var pool = new ComputePool(1);
        AssertSame(pool, WeightMatrix.FromBlocks(matrix), Wide(WeightMatrix.FromBlocks(matrix)), 2);
        foreach (int place in new[] { 0, 2 })
        {
            byte[] damaged = [.. row];
            BinaryPrimitives.WriteHalfLittleEndian(damaged.AsSpan(place), Half.NegativeInfinity);
            Assert.False(matrix.Store(0, damaged));
        }
    }

    private static void AssertSame(ComputePool pool, WeightMatrix blocks, WeightMatrix wide, int m)
    {
        int n = wide.Outputs, k = wide.Inputs;
        using var guarded = new GuardedMemory();
        Tensor x = guarded.Filled(m, k, 0, gap: 3), dx = guarded.Filled(m, k, 0.5f, gap: 1), y = guarded.Filled(m, n, 0.25f, gap: 2);
        Tensor expected = guarded.Filled(m, n, 0.25f), dexpected = guarded.Filled(m, k, 0.5f);
        var random = new RandomStream(m, "x");
        for (int r = 0; r < m; r++)
        {
            foreach (ref float value in x.Row(r))
            {
                value = (float)random.NextNormal();
            }
        }

        MatMul.Forward(pool, y, x, blocks, accumulate: true);
        MatMul.Forward(pool, expected, x, wide, accumulate: true);
        AssertSameRows(expected, y);
        MatMul.BackwardInput(pool, dx, expected, blocks);
        MatMul.BackwardInput(pool, dexpected, expected, wide);
        AssertSameRows(dexpected, dx);
        MatMul.Forward(pool, y, x, blocks);
        MatMul.Forward(pool, expected, x, wide);
        AssertSameRows(expected, y);
    }

    private static void AssertSameRows(Tensor expected, Tensor actual)
    {
        for (int r = 0; r < expected.Rows; r++)
        {
            Assert.Equal(expected.Row(r), actual.Row(r));
        }
    }

    private static WeightMatrix Wide(WeightMatrix blocks)
    {
        Tensor wide = Tensor.Zeros(blocks.Outputs, blocks.Inputs);
        blocks.Widen(wide);
        return WeightMatrix.F32(wide);
    }

    private static BlockMatrix Draw(WeightFormat format, int n, int k)
    {
        var random = new RandomStream(n + k, "blocks");
        var matrix = new BlockMatrix(format, n, k);
        int bytes = BlockCode.BytesOfBlock(format);
        byte[] row = new byte[k / 32 * bytes];
        for (int r = 0; r < n; r++)
        {
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = (byte)random.NextInt(256);
            }

            for (int block = 0; block < k / 32; block++)
            {
                BinaryPrimitives.WriteHalfLittleEndian(row.AsSpan(block * bytes), (Half)(0.1 * random.NextNormal()));
                if (BlockCode.HasMinimum(format))
                {
                    BinaryPrimitives.WriteHalfLittleEndian(row.AsSpan((block * bytes) + 2), (Half)(0.3 * random.NextNormal()));
                }
            }

            Assert.True(matrix.Store(r, row));
        }

        return matrix;
    }
}
