using System.Runtime.InteropServices;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints.Gguf;

public sealed class GgufFileTests
{
    private static readonly float[] Values = [0f, -0f, 1f, -1.5f, 3.4e38f, 1e-45f];

    private static readonly Dictionary<string, Func<GgufBuilder, GgufBuilder>> Damages = new()
    {
        ["GGUF version 1"] = b => With(b, x => x.Version = 1),
        ["big-endian"] = b => With(b, x => x.Version = 3 << 24),
        ["number of tensors"] = b => With(b, x => x.ExtraTensors = long.MaxValue / 2),
        ["number of metadata keys"] = b => With(b, x => x.ExtraKeys = -100),
        ["the metadata key k twice"] = b => b.UInt32("k", 1).UInt32("k", 2),
        ["k of type 13"] = b => b.Key("k", 13, w => w.Write(1)),
        ["list of lists"] = b => b.List("k", 9, 1, w => w.Write(new byte[64])),
        ["as length of k"] = b => b.List("k", 4, ulong.MaxValue, w => w.Write(1)),
        ["a string of 18446744073709551615 bytes"] = b => b.List("k", 8, 1, w => w.Write(ulong.MaxValue)),
        ["no UTF-8"] = b => b.Key("\ud800", 4, w => w.Write(1)),
        ["general.alignment 24"] = b => b.UInt32("general.alignment", 24),
        ["general.alignment 0"] = b => b.UInt32("general.alignment", 0),
        ["general.alignment as a String"] = b => b.String("general.alignment", "32"),
        ["two tensors named a"] = b => b.Tensor("a", 0, [1], new byte[4]).Tensor("a", 0, [1], new byte[4]),
        ["a of type IQ2_XS"] = b => b.Tensor("a", 17, [256], new byte[74]),
        ["a of type 4000, which is not known"] = b => b.Tensor("a", 4000, [1], new byte[4]),
        ["5 dimensions of a"] = b => b.Tensor("a", 0, [1, 1, 1, 1, 1], new byte[4]),
        ["a with a dimension of 4294967296"] = b => b.Tensor("a", 0, [1UL << 32, 1UL << 32], new byte[4]),
        ["a with a dimension of 18446744073709551615"] = b => b.Tensor("a", 0, [0, ulong.MaxValue], []),
        ["a with rows of 33 in Q4_1"] = b => b.Tensor("a", 3, [33], new byte[40]),
        ["a with 8 bytes"] = b => b.Tensor("a", 0, [2], new byte[4]),
        ["a with 4 bytes from byte 18446744073709551"] = b => b.Tensor("a", 0, [1], new byte[4], ulong.MaxValue - 31),
        ["a at offset 4"] = b => b.Tensor("a", 0, [1], new byte[8], 4),
        ["b from byte"] = b => b.Tensor("a", 0, [16], new byte[64]).Tensor("b", 0, [1], new byte[4], 32),
    };

    public static TheoryData<string> Reasons => [.. Damages.Keys];

    [Fact]
    public void Metadata_is_read_by_type()
    {
        using GgufFile file = Parse(new GgufBuilder().String("s", "naïve 🙂").UInt32("u", 7).Int64("i", -3).Float32("f", 0.5f).Bool("b", 1)
            .Strings("list", "a", "", "ü").Int32s("numbers", -1, 2).Float32s("floats", 1.5f, -2f).UInt64("huge", ulong.MaxValue).Bool("odd", 2)
            .Strings("none"));

        Assert.Equal("naïve 🙂", file.GetString("s"));
        Assert.Equal(7, file.GetInteger("u"));
        Assert.Equal(-3, file.GetNumber("i"));
        Assert.Equal(0.5, file.FindNumber("f"));
        Assert.True(file.FindBoolean("b"));
        Assert.Equal(["a", "", "ü"], file.GetStrings("list"));
        Assert.Equal([-1, 2], file.FindIntegers("numbers")!);
        Assert.Equal([1.5f, -2f], file.FindFloats("floats")!);
        Assert.Empty(file.FindStrings("none")!);
        Assert.Null(file.FindString("absent"));
        Assert.Null(file.FindInteger("absent"));
        Assert.Null(file.FindIntegers("absent"));
        Assert.Contains("none of them absent", Assert.Throws<CheckpointException>(() => file.GetString("absent")).Message, StringComparison.Ordinal);
        Assert.Contains("f as a Float32", Assert.Throws<CheckpointException>(() => file.FindInteger("f")).Message, StringComparison.Ordinal);
        Assert.Contains("s as a String", Assert.Throws<CheckpointException>(() => file.FindFloats("s")).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => file.FindInteger("huge"));
        Assert.Throws<CheckpointException>(() => file.FindBoolean("odd"));
    }

    [Theory]
    [InlineData(2, 32)]
    [InlineData(3, 8)]
    [InlineData(3, 256)]
    public void Tensors_lie_where_the_directory_says(int version, int alignment)
    {
        using GgufFile file = Parse(new GgufBuilder { Version = version, Alignment = alignment }.UInt32("general.alignment", (uint)alignment)
            .Tensor("matrix", 0, [3, 2], MemoryMarshal.AsBytes<float>(Values)).Tensor("scalar", 0, [], [0, 0, 128, 63])
            .Tensor("empty", 0, [4, 0], []).Tensor("vector", 30, [2], [128, 63, 0, 192]));

        Tensor matrix = file.ReadTensor("matrix"), vector = file.ReadTensor("vector"), empty = file.ReadTensor("empty");

        Assert.Equal([2L, 3L], file.Tensors["matrix"].Shape);
        Assert.Equal((2, 3), (matrix.Rows, matrix.Columns));
        Assert.Equal(Values, matrix.Span.ToArray());
        Assert.Equal([1f, -2f], vector.Span.ToArray());
        Assert.Equal(1f, file.ReadTensor("scalar")[0, 0]);
        Assert.Equal((0, 4), (empty.Rows, empty.Columns));
        Assert.Equal("BF16", file.Tensors["vector"].TypeName);
        Assert.Throws<CheckpointException>(() => file.ReadTensor("other"));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_wrong_file_is_refused_with_the_reason(string reason)
    {
        byte[] bytes = Damages[reason](new GgufBuilder()).Bytes();
        if (reason == "no UTF-8")
        {
            bytes[Array.LastIndexOf(bytes, (byte)0xBD)] = 0xFF;
        }

        CheckpointException e = Assert.Throws<CheckpointException>(() => GgufFile.Parse("x.gguf", bytes));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Contains("x.gguf", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = Sample();
        for (int length = 0; length < whole.Length; length++)
        {
            CheckpointException e = Assert.Throws<CheckpointException>(() => GgufFile.Parse("cut", whole.AsMemory(0, length)));
            Assert.Equal("cut", e.Path);
        }
    }

    [Fact]
    public void Something_else_is_refused()
    {
        CheckpointException e = Assert.Throws<CheckpointException>(() => GgufFile.Parse("x", "{\"a\": 1}"u8.ToArray()));
        Assert.Contains("no GGUF file", e.Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => GgufFile.Open(Path.Combine(Path.GetTempPath(), "there-is-no-such-file.gguf")));
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_but_never_crash()
    {
        const long Seed = 12;
        var random = new RandomStream(Seed, "fuzz/gguf");
        byte[] whole = Sample();
        int read = 0;

        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = Mutation.Of(whole, random);
            try
            {
                using GgufFile file = GgufFile.Parse("fuzz", mutated);
                ReadAll(file);
                read++;
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

    private static void ReadAll(GgufFile file)
    {
        foreach (string key in file.Keys)
        {
            foreach (Func<string, object?> find in new Func<string, object?>[]
                { file.FindString, k => file.FindNumber(k), k => file.FindBoolean(k), file.FindStrings, file.FindIntegers, file.FindFloats })
            {
                try
                {
                    find(key);
                }
                catch (CheckpointException)
                {
                    continue;
                }
            }
        }

        foreach (string name in file.Tensors.Keys)
        {
            // What is read is never much larger than the file.
            Assert.True(file.ReadTensor(name).Count < 1 << 20);
        }
    }

    private static byte[] Sample() => new GgufBuilder().String("general.architecture", "llama").UInt32("general.alignment", 32)
        .Strings("tokens", "a", "bc").Int32s("types", 1, 3).Bool("bos", 1).Float32("eps", 1e-5f)
        .Tensor("matrix", 0, [2, 2], new byte[16]).Tensor("blocks", 3, [32, 2], new byte[40]).Tensor("last", 1, [3], new byte[6]).Bytes();

    private static GgufFile Parse(GgufBuilder builder) => GgufFile.Parse("memory", builder.Bytes());

    private static GgufBuilder With(GgufBuilder builder, Action<GgufBuilder> change)
    {
        change(builder);
        return builder;
    }
}
