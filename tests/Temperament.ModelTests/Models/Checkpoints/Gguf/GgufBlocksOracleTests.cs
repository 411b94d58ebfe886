using System.Runtime.InteropServices;
using Temperament.ModelTests.Support;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Xunit;

namespace Temperament.ModelTests.Models.Checkpoints.Gguf;

/// <summary>Blocks that llama.cpp quantised, against the values that gguf-py reads from them.</summary>
public sealed class GgufBlocksOracleTests
{
    public static TheoryData<string, GgufType> Formats => new()
    {
        { "BF16", GgufType.Bf16 },
        { "IQ4_NL", GgufType.Iq4Nl },
        { "Q2_K", GgufType.Q2K },
        { "Q3_K", GgufType.Q3K },
        { "Q4_0", GgufType.Q40 },
        { "Q4_1", GgufType.Q41 },
        { "Q4_K", GgufType.Q4K },
        { "Q5_0", GgufType.Q50 },
        { "Q5_1", GgufType.Q51 },
        { "Q5_K", GgufType.Q5K },
        { "Q6_K", GgufType.Q6K },
        { "Q8_0", GgufType.Q80 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void First_rows_have_the_bits_of_the_reference(string name, GgufType type) => Compare(Oracles.Golden("gguf"), name, type);

    [Theory]
    [MemberData(nameof(Formats))]
    public void All_rows_have_the_bits_of_the_reference(string name, GgufType type) => Compare(Oracles.Shared("oracles", "gguf-blocks"), name, type);

    [Theory]
    [InlineData("Q8_0", GgufType.Q80)]
    [InlineData("BF16", GgufType.Bf16)]
    public void Values_that_llama_cpp_wrote_are_written_with_its_bytes_again(string name, GgufType type)
    {
        string folder = Oracles.Golden("gguf");
        byte[] blocks = File.ReadAllBytes(Path.Combine(folder, $"{name}.blocks.bin"));
        var written = new byte[blocks.Length];

        GgufEncoding.Encode(type, MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, $"{name}.f32.bin"))), written);

        Assert.True(written.AsSpan().SequenceEqual(blocks));
    }

    [Theory]
    [InlineData("Q4_0", WeightFormat.Q40)]
    [InlineData("Q4_1", WeightFormat.Q41)]
    [InlineData("Q5_0", WeightFormat.Q50)]
    [InlineData("Q5_1", WeightFormat.Q51)]
    [InlineData("Q8_0", WeightFormat.Q80)]
    [InlineData("IQ4_NL", WeightFormat.Iq4Nl)]
    public void Blocks_laid_out_for_products_read_as_the_reference(string name, WeightFormat format)
    {
        byte[] blocks = File.ReadAllBytes(Path.Combine(Oracles.Golden("gguf"), $"{name}.blocks.bin"));
        float[] expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Oracles.Golden("gguf"), $"{name}.f32.bin"))).ToArray();
        const int Columns = 32;
        int rows = expected.Length / Columns, bytes = blocks.Length / rows;
        using var matrix = new BlockMatrix(format, rows, Columns);
        var row = new float[Columns];

        for (int r = 0; r < rows; r++)
        {
            Assert.True(matrix.Store(r, blocks.AsSpan(r * bytes, bytes)));
        }

        for (int r = 0; r < rows; r++)
        {
            matrix.ReadRow(r, row);
            Assert.Equal(expected[(r * Columns)..((r + 1) * Columns)], row);
            Assert.Equal(expected[r * Columns], matrix[r, 0]);
        }
    }

    private static void Compare(string folder, string name, GgufType type)
    {
        byte[] blocks = File.ReadAllBytes(Path.Combine(folder, $"{name}.blocks.bin"));
        byte[] expected = File.ReadAllBytes(Path.Combine(folder, $"{name}.f32.bin"));
        var values = new float[expected.Length / 4];

        GgufBlocks.Find(type)!.Widen(blocks, values);

        Assert.True(MemoryMarshal.AsBytes<float>(values).SequenceEqual(expected));
    }
}
