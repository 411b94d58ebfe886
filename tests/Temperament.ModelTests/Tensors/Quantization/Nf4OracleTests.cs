using System.Security.Cryptography;
using System.Text.Json;
using Temperament.Models.Checkpoints;
using Temperament.ModelTests.Measures;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Tensors.Quantization;

/// <summary>The witness is bitsandbytes 0.50.2 and, independent of it, numpy: bytes must be equal.</summary>
public sealed class Nf4OracleTests : IDisposable
{
    private readonly ComputePool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    public static TheoryData<string> Cases()
    {
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(OracleFiles.Golden("nf4/cases.json")));
        return [.. cases.RootElement.GetProperty("four_bit").EnumerateArray()
            .Where(c => c.GetProperty("quant_type").GetString() == "nf4" && c.GetProperty("blocksize").GetInt32() == Nf4Matrix.BlockSize)
            .Select(c => c.GetProperty("name").GetString()!)];
    }

    [Fact]
    public void There_are_twenty_five_cases() => Assert.Equal(25, Cases().Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Codes_scales_and_weights_are_equal_to_the_byte(string name)
    {
        using SafetensorsFile file = Open(name);
        Tensor x = file.ReadTensor("x");

        using Nf4Matrix matrix = Nf4.Quantize(x, doubleQuantize: false, _pool);

        Assert.Equal(file.Bytes("packed"), matrix.StoredCodes());
        Assert.Equal(file.Bytes("absmax"), Bytes(matrix.StoredAbsMax()));
        AssertWeights(file, name, "dequant_f32", "dequant_f32_sha256", matrix);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Double_quantisation_is_equal_to_the_byte_with_the_offset_of_the_case(string name)
    {
        using SafetensorsFile file = Open(name);

        using Nf4Matrix matrix = Nf4.Quantize(file.ReadTensor("x"), doubleQuantize: true, file.ReadFloats("nested.offset")[0], _pool);

        Assert.Equal(file.Bytes("packed"), matrix.StoredCodes());
        Assert.Equal(file.Bytes("nested.absmax_codes"), matrix.StoredAbsMaxCodes());
        Assert.Equal(file.Bytes("nested.nested_absmax"), Bytes(matrix.NestedAbsMax!.Span(0, (int)matrix.NestedAbsMax!.Length)));
        Assert.Equal(file.Bytes("nested.absmax"), Bytes(matrix.StoredAbsMax()));
        AssertWeights(file, name, "nested.dequant_f32", "nested_dequant_f32_sha256", matrix);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Double_quantisation_has_the_same_codes_with_its_own_offset(string name)
    {
        using SafetensorsFile file = Open(name);
        float given = file.ReadFloats("nested.offset")[0];

        using Nf4Matrix matrix = Nf4.Quantize(file.ReadTensor("x"), doubleQuantize: true, _pool);

        Assert.Equal(file.Bytes("nested.absmax_codes"), matrix.StoredAbsMaxCodes());
        Assert.InRange(Math.Abs(BitConverter.SingleToInt32Bits(matrix.Offset) - BitConverter.SingleToInt32Bits(given)), 0, 2);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Stored_parts_read_as_the_weights_of_the_case(string name)
    {
        using SafetensorsFile file = Open(name);
        Tensor x = file.ReadTensor("x");

        using Nf4Matrix plain = Nf4.FromStored(x.Rows, x.Columns, file.Bytes("packed"), file.ReadFloats("absmax"));
        using Nf4Matrix nested = Nf4.FromStored(
            x.Rows,
            x.Columns,
            file.Bytes("packed"),
            file.Bytes("nested.absmax_codes"),
            file.ReadFloats("nested.nested_absmax"),
            file.ReadFloats("nested.offset")[0]);

        AssertWeights(file, name, "dequant_f32", "dequant_f32_sha256", plain);
        AssertWeights(file, name, "nested.dequant_f32", "nested_dequant_f32_sha256", nested);
    }

    [Fact]
    public void The_code_books_are_equal_to_the_byte()
    {
        using SafetensorsFile file = SafetensorsFile.Open(OracleFiles.Golden("nf4/codes.safetensors"));

        Assert.Equal(file.ReadFloats("nf4"), Nf4Codebook.Levels);
        Assert.Equal(file.ReadFloats("nf4_thresholds"), Nf4Codebook.Thresholds);
        Assert.Equal(file.ReadFloats("dynamic_signed"), Nf4Codebook.DynamicSigned);
        Assert.Equal(file.ReadFloats("dynamic_unsigned"), Nf4Codebook.DynamicUnsigned);
    }

    [Theory]
    [InlineData("signed-ties-766", true)]
    [InlineData("signed-zero-block-1024", true)]
    [InlineData("signed-tiny-700", true)]
    [InlineData("unsigned-ties-766", false)]
    public void The_dynamic_type_takes_the_nearest_level_and_the_even_one_at_a_tie(string name, bool signed)
    {
        using SafetensorsFile file = SafetensorsFile.Open(OracleFiles.Golden($"nf4/blockwise8-{name}.safetensors"));
        float[] x = file.ReadFloats("x"), absmax = file.ReadFloats("absmax");
        ReadOnlySpan<byte> codes = file.Bytes("codes");
        for (int i = 0; i < x.Length; i++)
        {
            float scaled = x[i] * (1 / absmax[i / 256]);
            byte code = absmax[i / 256] == 0 ? (byte)0 : signed ? Nf4Codebook.NearestSigned(scaled) : Nf4Codebook.NearestUnsigned(scaled);
            Assert.Equal(codes[i], code);
        }
    }

    private static SafetensorsFile Open(string name)
    {
        string golden = OracleFiles.Golden($"nf4/{name}.safetensors");
        return SafetensorsFile.Open(File.Exists(golden) ? golden : OracleFiles.Shared($"oracles/nf4/{name}.safetensors"));
    }

    private void AssertWeights(SafetensorsFile file, string name, string tensor, string hash, Nf4Matrix matrix)
    {
        Tensor weights = Tensor.Zeros(matrix.Outputs, matrix.Inputs);
        Nf4.Dequantize(matrix, weights, _pool);
        byte[] actual = System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights.Span).ToArray();
        if (file.Tensors.ContainsKey(tensor))
        {
            Assert.Equal(file.Bytes(tensor), actual);
            return;
        }

        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(OracleFiles.Golden("nf4/cases.json")));
        JsonElement own = cases.RootElement.GetProperty("four_bit").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        Assert.Equal(own.GetProperty(hash).GetString(), Convert.ToHexStringLower(SHA256.HashData(actual)));
    }

    private static ReadOnlySpan<byte> Bytes(Span<float> values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values);
}
