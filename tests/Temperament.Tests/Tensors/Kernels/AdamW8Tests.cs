using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class AdamW8Tests : KernelTests
{
    private static AdamWStep Settings(int step) => new(1e-2, 0.9, 0.99, 1e-8, 0.1, step, 0.5f);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 255)]
    [InlineData(1, 257)]
    [InlineData(3, 300)]
    public void A_first_step_is_that_of_32_bits_and_codes_are_the_nearest(int R, int C)
    {
        Tensor p = Memory.Tensor(Draw.Uniform("p", R * C), R, C), g = Memory.Tensor(Draw.Uniform("g", R * C), R, C);
        Tensor same = Memory.Tensor(Draw.Uniform("p", R * C), R, C), m = Memory.Filled(R, C, 0), v = Memory.Filled(R, C, 0);
        var moments = new BlockwiseMoments(R * C);

        AdamW8.Step(Pool, p, g, moments, Settings(1) with { WeightDecay = 0 });

        AdamW.Step(Pool, same, g, m, v, Settings(1) with { WeightDecay = 0 });
        GradCheck.Close([.. Values(same).Select(x => (double)x)], p, GradCheck.ForwardLimit);
        float[] means = Values(m), squares = Values(v);
        for (int i = 0; i < means.Length; i++)
        {
            int block = i / BlockwiseMoments.BlockSize;
            byte code = moments.MeanCodes.Span(i, 1)[0], square = moments.SquareCodes.Span(i, 1)[0];
            Assert.Equal(Nf4Codebook.NearestUnsigned(squares[i] / moments.SquareScales[0, block]), square);
            float level = Nf4Codebook.DynamicSigned[code] * moments.MeanScales[0, block];
            Assert.True(float.IsNegative(level) == float.IsNegative(means[i]), "a mean keeps its sign");
            Assert.InRange(Math.Abs(code - Nf4Codebook.NearestSigned(means[i] / moments.MeanScales[0, block])), 0, 1);
        }
    }

    [Fact]
    public void A_block_without_gradients_stays_at_code_zero()
    {
        Tensor p = Memory.Row(Draw.Uniform("p", 300)), g = Memory.Filled(1, 300, 0);
        var moments = new BlockwiseMoments(300);
        float[] before = Values(p);

        AdamW8.Step(Pool, p, g, moments, Settings(1) with { WeightDecay = 0 });

        AssertBits(before, Values(p));
        Assert.All(moments.MeanCodes.Span(0, 300).ToArray(), code => Assert.Equal(0, code));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_or_instruction_set()
    {
        AssertSameOnAnyNumberOfThreads(Run);
        Assert.Equal(0x5eed020au, Word(Run(Pool)));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor p = Memory.Filled(64, 257, 1), g = Memory.Filled(64, 257, 1);
        var moments = new BlockwiseMoments(64 * 257);
        AssertAllocatesNothing(() => AdamW8.Step(Pool, p, g, moments, Settings(1)));
    }

    private Tensor Run(ComputePool pool)
    {
        const int R = 190, C = 201;
        Tensor p = Memory.Tensor(Draw.Uniform("p", R * C), R, C);
        var moments = new BlockwiseMoments(R * C);
        for (int step = 1; step <= 3; step++)
        {
            AdamW8.Step(pool, p, Memory.Tensor(Draw.Uniform($"g{step}", R * C), R, C), moments, Settings(step));
        }

        return p;
    }
}
