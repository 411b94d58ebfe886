using Temperament.Models.Checkpoints.Gguf;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints.Gguf;

public sealed class GgufBlocksTests
{
    /// <summary>Name, number, weights and bytes of a block, places of its half-precision numbers.</summary>
    public static TheoryData<string, uint, int, int, int[]> Formats => new()
    {
        { "Q4_0", 2, 32, 18, [0] },
        { "Q4_1", 3, 32, 20, [0, 2] },
        { "Q5_0", 6, 32, 22, [0] },
        { "Q5_1", 7, 32, 24, [0, 2] },
        { "Q8_0", 8, 32, 34, [0] },
        { "Q2_K", 10, 256, 84, [80, 82] },
        { "Q3_K", 11, 256, 110, [108] },
        { "Q4_K", 12, 256, 144, [0, 2] },
        { "Q5_K", 13, 256, 176, [0, 2] },
        { "Q6_K", 14, 256, 210, [208] },
        { "IQ4_NL", 20, 32, 18, [0] },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Blocks_are_widened_as_defined_to_the_bit(string type, uint number, int weights, int bytes, int[] halves)
    {
        const int Rows = 6, PerRow = 3;
        byte[] blocks = RandomBlocks(Rows * PerRow, bytes, halves);
        using GgufFile file = GgufFile.Parse(type, new GgufBuilder().Tensor("w", number, [(ulong)(PerRow * weights), Rows], blocks).Bytes());

        Tensor read = file.ReadTensor("w");

        Assert.Equal(type, file.Tensors["w"].TypeName);
        Assert.Equal((Rows, PerRow * weights), (read.Rows, read.Columns));
        Span<float> values = read.Span;
        for (int i = 0; i < values.Length; i++)
        {
            float expected = GgufReference.Weight(type, blocks.AsSpan(i / weights * bytes, bytes), i % weights);
            Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(values[i]));
        }
    }

    [Fact]
    public void A_pool_reads_the_same_bits()
    {
        const int Rows = 40, Columns = 32 * 500;
        byte[] blocks = RandomBlocks(Rows * Columns / 32, 20, [0, 2]);
        using GgufFile file = GgufFile.Parse("pool", new GgufBuilder().Tensor("w", 3, [Columns, Rows], blocks).Bytes());
        using var pool = new ComputePool(3);

        Assert.True(file.ReadTensor("w").ToArray().AsSpan().SequenceEqual(file.ReadTensor("w", pool).ToArray()));
    }

    // Any bytes, with the top bit of the exponents of the scales cleared: finite, denormals and negative ones included.
    private static byte[] RandomBlocks(int count, int bytes, int[] halves)
    {
        var random = new RandomStream(5, "gguf/blocks");
        var blocks = new byte[count * bytes];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = (byte)random.NextInt(256);
        }

        for (int block = 0; block < count; block++)
        {
            foreach (int at in halves)
            {
                blocks[(block * bytes) + at + 1] &= 0xBF;
            }
        }

        return blocks;
    }
}
