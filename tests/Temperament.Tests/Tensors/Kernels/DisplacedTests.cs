using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

/// <summary>Bits do not depend on where tensors begin: 1 to 15 numbers beyond the start of a cache line, or bytes that no number is made of.</summary>
public sealed class DisplacedTests : KernelTests
{
    private const int Rows = 5, Width = 75;

    public static TheoryData<int> Offsets() => [.. Enumerable.Range(1, 15), .. Enumerable.Range(4, 12).Select(floats => 4 * floats)];

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Products_have_the_same_bits_wherever_their_tensors_begin(int bytes)
    {
        foreach ((int m, int n, int k) in new[] { (1, 48, 64), (5, 48, 64), (16, 48, 64), (40, 50, 70) })
        {
            Assert.Equal(ProductWord(0, m, n, k), ProductWord(bytes, m, n, k));
        }
    }

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Kernels_over_rows_have_the_same_bits_wherever_their_tensors_begin(int bytes)
    {
        uint there = RowWord(0), here = RowWord(bytes);
        long threshold = Streaming.Threshold;
        try
        {
            Streaming.Threshold = 0;

            Assert.Equal(there, RowWord(bytes));
        }
        finally
        {
            Streaming.Threshold = threshold;
        }

        Assert.Equal(there, here);
    }

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Attention_has_the_same_bits_wherever_its_tensors_begin(int bytes) => Assert.Equal(AttentionWord(0), AttentionWord(bytes));

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Weights_are_packed_to_the_same_bytes_wherever_they_begin(int bytes)
    {
        Assert.Equal(PackedBytes(0, doubleQuantize: false), PackedBytes(bytes, doubleQuantize: false));
        Assert.Equal(PackedBytes(0, doubleQuantize: true), PackedBytes(bytes, doubleQuantize: true));
    }

    private uint ProductWord(int bytes, int m, int n, int k)
    {
        using var memory = new DisplacedMemory(bytes);
        Tensor x = memory.Tensor(Draw.Uniform("x", m * k), m, k), dense = memory.Tensor(Draw.Uniform("w", n * k), n, k);
        using Bf16Matrix bf16 = memory.Bf16(Draw.Uniform("w", n * k), n, k);
        using Nf4Matrix nf4 = Nf4.Quantize(dense, doubleQuantize: true, Pool);
        var results = new List<Tensor>();
        foreach (WeightMatrix w in new[] { WeightMatrix.F32(dense), WeightMatrix.FromBf16(bf16), WeightMatrix.FromNf4(nf4) })
        {
            Tensor y = memory.Filled(m, n, 0.5f), dx = memory.Filled(m, k, 0.5f);
            MatMul.Forward(Pool, y, x, w, accumulate: true);
            MatMul.BackwardInput(Pool, dx, y, w);
            results.AddRange([y, dx]);
        }

        Tensor dw = memory.Filled(n, k, 0.5f);
        MatMul.BackwardWeight(Pool, dw, results[0], x);
        return Word([.. results, dw]);
    }

    private uint RowWord(int bytes)
    {
        using var memory = new DisplacedMemory(bytes);
        Tensor a = Some("a"), b = Some("b"), c = Some("c"), w = memory.Tensor(Draw.Uniform("w", Width), 1, Width);
        Tensor norm = None(), rstd = memory.Filled(1, Rows, 7), dnorm = None(), dw = memory.Filled(1, Width, 0.5f);
        Tensor gated = None(), dgate = None(), dup = None(), soft = None(), sums = memory.Filled(1, Rows, 7);
        Tensor logits = Some("a"), losses = memory.Filled(1, Rows, 7), p = Some("p"), first = memory.Filled(Rows, Width, 0), second = memory.Filled(Rows, Width, 0);

        RmsNorm.Forward(Pool, norm, rstd, a, w, 1e-5f);
        RmsNorm.Backward(Pool, dnorm, dw, b, a, w, rstd);
        SwiGlu.Forward(Pool, gated, a, b);
        SwiGlu.Backward(Pool, dgate, dup, c, a, b);
        Softmax.Forward(Pool, soft, a);
        Softmax.LogSumExp(Pool, sums, a);
        CrossEntropy.ForwardBackward(Pool, losses, logits, [3, 0, 74, CrossEntropy.Ignored, 16], 0.25f);
        AdamW.Step(Pool, p, a, first, second, new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0.01, 1));

        return Word(norm, rstd, dnorm, dw, gated, dgate, dup, soft, sums, logits, losses, p, first, second);

        Tensor Some(string name) => memory.Tensor(Draw.Uniform(name, Rows * Width), Rows, Width);
        Tensor None() => memory.Filled(Rows, Width, 0.5f);
    }

    private uint AttentionWord(int bytes)
    {
        const int Tokens = 21, Size = 10;
        using var memory = new DisplacedMemory(bytes);
        Tensor q = Some("q", 2), k = Some("k", 1), v = Some("v", 1), dy = Some("dy", 2), y = None(2), lse = memory.Filled(Tokens, 2, 7);
        Tensor dq = None(2), dk = None(1), dv = None(1), cos = memory.Filled(Tokens, Size / 2, 0.6f), sin = memory.Filled(Tokens, Size / 2, 0.8f);
        AttentionSegment[] all = [new(0, Tokens, 0, 0)];
        int[] positions = [.. Enumerable.Range(0, Tokens)];

        Rope.Apply(Pool, q, Size, positions, cos, sin);
        Attention.Forward(Pool, y, lse, q, k, v, all, 2, 1, 0.3f);
        Attention.Backward(Pool, dq, dk, dv, dy, y, q, k, v, lse, all, 2, 1, 0.3f);

        return Word(q, y, lse, dq, dk, dv);

        Tensor Some(string name, int heads) => memory.Tensor(Draw.Uniform(name, Tokens * heads * Size), Tokens, heads * Size);
        Tensor None(int heads) => memory.Filled(Tokens, heads * Size, 0.5f);
    }

    private byte[] PackedBytes(int bytes, bool doubleQuantize)
    {
        const int Outputs = 18, Inputs = 128;
        using var memory = new DisplacedMemory(bytes);
        Tensor weights = memory.Tensor(Draw.Uniform("w", Outputs * Inputs), Outputs, Inputs), read = memory.Filled(Outputs, Inputs, 7);
        using Bf16Matrix bf16 = memory.Bf16(Draw.Uniform("w", Outputs * Inputs), Outputs, Inputs);
        using Nf4Matrix packed = Nf4.Quantize(weights, doubleQuantize, Pool);
        ReadOnlySpan<byte> halves;
        unsafe
        {
            halves = new ReadOnlySpan<byte>(bf16.Data, (int)bf16.Bytes);
        }

        using var fromHalves = new Nf4Matrix(Outputs, Inputs, doubleQuantize);
        Assert.True(Nf4.QuantizeBf16Into(halves, fromHalves, Pool));
        Nf4.Dequantize(packed, read, Pool);
        return [.. packed.StoredCodes(), .. fromHalves.StoredCodes(), .. BitConverter.GetBytes(Word(read))];
    }
}
