using System.Buffers.Binary;
using System.Text;
using Temperament.Models.Checkpoints;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints;

public sealed class SafetensorsFileTests
{
    private static readonly float[] Values = [0f, -0f, 1f, -1.5f, 3.4e38f, 1e-45f, float.PositiveInfinity, 0.333251953125f];

    [Fact]
    public void What_is_written_is_read_again()
    {
        Tensor tensor = Tensor.From(Values, 2, 4);
        byte[] file = Bytes(
            [
                SafetensorsTensor.U8("bytes", [3], [1, 2, 255]),
                SafetensorsTensor.F32("numbers", tensor),
                SafetensorsTensor.I32("integers", [2, 1], [-7, int.MaxValue]),
                SafetensorsTensor.F32("scalar", [], [2.5f]),
                SafetensorsTensor.F32("empty", [0, 4], []),
            ],
            new Dictionary<string, string> { ["format"] = "pt", ["word"] = "naïve \"x\" 🙂" });

        using SafetensorsFile read = SafetensorsFile.Parse("memory", file);

        Assert.Equal(Values, read.ReadFloats("numbers"));
        Assert.Equal((2, 4), (read.ReadTensor("numbers").Rows, read.ReadTensor("numbers").Columns));
        Assert.Equal([-7, int.MaxValue], read.ReadInt32("integers"));
        Assert.Equal([1, 2, 255], read.ReadInt32("bytes"));
        Assert.Equal(2.5f, read.ReadTensor("scalar")[0, 0]);
        Assert.Empty(read.ReadFloats("empty"));
        Assert.Equal("naïve \"x\" 🙂", read.Metadata["word"]);
    }

    [Fact]
    public void Order_of_the_tensors_does_not_change_the_bytes()
    {
        SafetensorsTensor[] tensors = [.. "cab".Select(c => SafetensorsTensor.F32(c.ToString(), [1], [c]))];

        Assert.Equal(Bytes(tensors), Bytes([tensors[2], tensors[0], tensors[1]]));
    }

    [Fact]
    public void Every_half_and_every_bfloat_is_widened_exactly()
    {
        var bytes = new byte[2 * 65536];
        for (int i = 0; i < 65536; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * 2), (ushort)i);
        }

        float[] half = Read("F16", bytes), brain = Read("BF16", bytes);

        for (int i = 0; i < 65536; i++)
        {
            Assert.Equal((float)BitConverter.UInt16BitsToHalf((ushort)i), half[i]);
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(brain[i]));
        }

        float[] Read(string dtype, byte[] data) => SafetensorsFile.Parse("memory", File(
            $$$"""{"x":{"dtype":"{{{dtype}}}","shape":[65536],"data_offsets":[0,131072]}}""", data)).ReadFloats("x");
    }

    [Fact]
    public void Rounding_to_sixteen_bits_goes_to_the_nearest_even()
    {
        float tie = BitConverter.UInt32BitsToSingle(0x3F808000), above = BitConverter.UInt32BitsToSingle(0x3F808001);
        Tensor tensor = Tensor.From([tie, above, float.NaN, 65520f], 1, 4);

        using SafetensorsFile file = SafetensorsFile.Parse("memory", Bytes([SafetensorsTensor.Bf16("b", tensor), SafetensorsTensor.F16("h", tensor)]));

        Assert.Equal([1f, 1.0078125f, float.NaN, 65536f], file.ReadFloats("b"));
        Assert.Equal([1.00390625f, 1.00390625f, float.NaN, float.PositiveInfinity], file.ReadFloats("h"));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "two tensors named a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "are taken")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "8 bytes of data")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "inside the data")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "2^63")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", "type F31")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "without dtype")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}""", "no JSON")]
    [InlineData("""[]""", "begin with {")]
    [InlineData("""{"a":[[[[[[[[[[""", "described by StartArray")]
    public void A_wrong_header_is_refused_with_the_reason(string header, string reason)
    {
        CheckpointException e = Assert.Throws<CheckpointException>(() => SafetensorsFile.Parse("x.safetensors", File(header, new byte[8])));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Contains("x.safetensors", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_but_never_crash()
    {
        const long Seed = 11;
        var random = new RandomStream(Seed, "fuzz/safetensors");
        byte[] whole = Bytes([SafetensorsTensor.F32("a", [2, 2], Values.AsSpan(0, 4)), SafetensorsTensor.U8("b", [3], [1, 2, 3])],
            new Dictionary<string, string> { ["k"] = "v" });
        int read = 0;

        for (int i = 0; i < 10_000; i++)
        {
            byte[] mutated = Mutation.Of(whole, random);
            try
            {
                using SafetensorsFile file = SafetensorsFile.Parse("fuzz", mutated);
                foreach (string name in file.Tensors.Keys)
                {
                    read += file.Bytes(name).Length >= 0 ? 1 : 0;
                }
            }
            catch (CheckpointException)
            {
                continue;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {Seed}, mutation {i}: {e}");
            }
        }

        Assert.True(read > 0, "some mutations leave the file whole");
    }

    private static byte[] Bytes(SafetensorsTensor[] tensors, Dictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    private static byte[] File(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }
}
