using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints.Gguf;

public sealed class GgufWriterTests : IDisposable
{
    private readonly string _folder = TemporaryFolder.New("temper");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Keys_and_tensors_are_read_again()
    {
        Tensor matrix = Random(3, 64), vector = Random(1, 5);
        var writer = new GgufWriter();
        writer.Set("text", "naïve 🙂");
        writer.Set("number", 7u);
        writer.Set("real", 0.25f);
        writer.Set("truth", true);
        writer.Set("texts", (string[])["a", "", "b c"]);
        writer.Set("numbers", (int[])[1, -2]);
        writer.Set("reals", (float[])[1.5f]);
        writer.Add("matrix", GgufType.F32, matrix);
        writer.Add("vector", GgufType.F32, 1, 5, isVector: true, () => vector);
        writer.Add("half", GgufType.F16, matrix);
        string path = Write(writer);

        using GgufFile file = GgufFile.Open(path);

        Assert.Equal("naïve 🙂", file.GetString("text"));
        Assert.Equal(7, file.GetInteger("number"));
        Assert.Equal(0.25, file.GetNumber("real"));
        Assert.True(file.FindBoolean("truth"));
        Assert.Equal(["a", "", "b c"], file.GetStrings("texts"));
        Assert.Equal([1, -2], file.FindIntegers("numbers")!);
        Assert.Equal([1.5f], file.FindFloats("reals")!);
        Assert.True(file.ReadTensor("matrix").ToArray().AsSpan().SequenceEqual(matrix.ToArray()));
        Assert.Equal([5L], file.Tensors["vector"].Shape);
        Assert.True(file.ReadTensor("vector").ToArray().AsSpan().SequenceEqual(vector.ToArray()));
        Assert.Equal((float)(Half)matrix[2, 63], file.ReadTensor("half")[2, 63]);
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_key_is_copied_as_it_stands()
    {
        var first = new GgufWriter();
        first.Set("texts", (string[])["x", "yz"]);
        first.Set("text", "t");
        first.Set("numbers", (int[])[4, 5]);
        using GgufFile source = GgufFile.Open(Write(first, "first.gguf"));

        var second = new GgufWriter();
        foreach (string key in source.Keys)
        {
            second.Copy(source, key);
        }

        Assert.Equal(File.ReadAllBytes(source.Path), File.ReadAllBytes(Write(second, "second.gguf")));
        Assert.Throws<CheckpointException>(() => second.Copy(source, "absent"));
        Assert.Throws<ArgumentException>(() => second.Set("text", "again"));
    }

    // A block of 32 by the published rule: scale = largest / 127 in half precision, numbers = x / unrounded scale, halves away from zero.
    [Fact]
    public void Blocks_of_8_bits_are_rounded_as_published()
    {
        float[] block = new float[32];
        block[0] = -254;
        block[1] = 1;
        block[2] = 3;
        block[3] = -5;
        block[4] = 0.9999f;
        var bytes = new byte[34];

        GgufEncoding.Encode(GgufType.Q80, block, bytes);

        Assert.Equal(2, (float)BitConverter.ToHalf(bytes));
        Assert.Equal([-127, 1, 2, -3, 0, 0], bytes[2..8].Select(b => (int)(sbyte)b));
        GgufEncoding.Encode(GgufType.Q80, new float[32], bytes);
        Assert.All(bytes, b => Assert.Equal(0, b));
    }

    [Fact]
    public void Threads_do_not_change_the_bytes()
    {
        using var pool = new ComputePool(3);
        Tensor large = Random(700, 1024);
        var writer = new GgufWriter();
        writer.Add("w", GgufType.Q80, large);
        writer.Add("b", GgufType.Bf16, large);
        string alone = Write(writer, "alone.gguf"), shared = Path.Combine(_folder, "shared.gguf");

        writer.Write(shared, pool);

        Assert.Equal(File.ReadAllBytes(alone), File.ReadAllBytes(shared));
    }

    [Fact]
    public void A_weight_that_half_precision_cannot_hold_is_named_and_nothing_is_left()
    {
        Tensor wide = Random(2, 32);
        wide[1, 7] = 65520;
        var writer = new GgufWriter();
        writer.Add("w", GgufType.F16, wide);

        CheckpointException error = Assert.Throws<CheckpointException>(() => Write(writer));

        Assert.Contains("w[1, 7] = 65520", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static Tensor Random(int rows, int columns)
    {
        var random = new RandomStream(3, $"{rows}x{columns}");
        Tensor tensor = Tensor.Zeros(rows, columns);
        foreach (ref float value in tensor.Span)
        {
            value = (float)random.NextNormal();
        }

        return tensor;
    }

    private string Write(GgufWriter writer, string name = "file.gguf")
    {
        string path = Path.Combine(_folder, name);
        writer.Write(path, null);
        return path;
    }
}
