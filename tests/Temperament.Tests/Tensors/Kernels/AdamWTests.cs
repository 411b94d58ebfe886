using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class AdamWTests : KernelTests
{
    private static AdamWStep Settings(int step) => new(1e-2, 0.9, 0.99, 1e-8, 0.1, step, 0.5f);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Three_steps_match_the_definition(int R, int C)
    {
        double[] start = Draw.Uniform("p", R * C), p = [.. start], m = new double[R * C], v = new double[R * C];
        Tensor parameters = Memory.Tensor(p, R, C, gap: 1), first = Memory.Filled(R, C, 0), second = Memory.Filled(R, C, 0, gap: 2);
        for (int step = 1; step <= 3; step++)
        {
            double[] g = Draw.Uniform($"g{step}", R * C);

            AdamW.Step(Pool, parameters, Memory.Tensor(g, R, C, gap: 3), first, second, Settings(step));

            AdamWReference.Step(p, g, m, v, Settings(step));
        }

        GradCheck.Close(p, parameters, GradCheck.ForwardLimit);
        GradCheck.Close(m, first, GradCheck.ForwardLimit);
        GradCheck.Close(v, second, GradCheck.ForwardLimit);
    }

    [Fact]
    public void Without_a_learning_rate_parameters_keep_their_bits_and_moments_move()
    {
        Tensor p = Memory.Row(Draw.Uniform("p", 33)), m = Memory.Filled(1, 33, 0), v = Memory.Filled(1, 33, 0);
        float[] before = Values(p);

        AdamW.Step(Pool, p, Memory.Row(Draw.Uniform("g", 33)), m, v, Settings(1) with { LearningRate = 0 });

        AssertBits(before, Values(p));
        Assert.DoesNotContain(0f, Values(m));
        Assert.DoesNotContain(0f, Values(v));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_or_instruction_set()
    {
        AssertSameOnAnyNumberOfThreads(Run);
        Assert.Equal(0xaa2df71cu, Word(Run(Pool)));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor p = Memory.Filled(64, 257, 1), g = Memory.Filled(64, 257, 1), m = Memory.Filled(64, 257, 0), v = Memory.Filled(64, 257, 0);
        AssertAllocatesNothing(() => AdamW.Step(Pool, p, g, m, v, Settings(1)));
    }

    private Tensor Run(ComputePool pool)
    {
        const int R = 90, C = 200;
        Tensor p = Memory.Tensor(Draw.Uniform("p", R * C), R, C), m = Memory.Filled(R, C, 0), v = Memory.Filled(R, C, 0);
        for (int step = 1; step <= 2; step++)
        {
            AdamW.Step(pool, p, Memory.Tensor(Draw.Uniform($"g{step}", R * C), R, C), m, v, Settings(step));
        }

        return p;
    }
}
