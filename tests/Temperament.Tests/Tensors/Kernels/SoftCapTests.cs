using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class SoftCapTests : KernelTests
{
    private const float Cap = 3;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_and_backward_match_the_definition(int R, int V)
    {
        double[] x = [.. Draw.Uniform("x", R * V).Select(v => (double)(float)(5 * v))], dy = Draw.Uniform("dy", R * V);
        double[] Definition() => [.. x.Select(v => Cap * Math.Tanh(v / Cap))];
        Tensor y = Memory.Filled(R, V, 7, gap: 1), d = Memory.Tensor(dy, R, V, gap: 2);

        SoftCap.Forward(Pool, y, Memory.Tensor(x, R, V), Cap);
        SoftCap.Backward(Pool, d, y, Cap);

        GradCheck.Close(Definition(), y, GradCheck.ForwardLimit);
        GradCheck.Close(GradCheck.Numeric(x, () => GradCheck.Along(Definition(), dy)), d, GradCheck.GradientLimit);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_instruction_set_or_batch()
    {
        Tensor first = Run(Pool, 0, 40);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 40));
        AssertBits(Values(first.SliceRows(13 * 2, 20 * 2)), Values(Run(Pool, 13, 20)));
        Assert.Equal(0xa5eec3b9u, Word(first));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(64, 257, 1);
        AssertAllocatesNothing(() =>
        {
            SoftCap.Forward(Pool, x, x, Cap);
            SoftCap.Backward(Pool, x, x, Cap);
        });
    }

    [Fact]
    public void A_cap_of_nothing_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftCap.Forward(Pool, Memory.Filled(1, 1, 0), Memory.Filled(1, 1, 0), 0));

    // For each row: output and gradient.
    private Tensor Run(ComputePool pool, int start, int rows)
    {
        const int V = 257;
        Tensor both = Memory.Filled(rows, 2 * V, 0), y = both.SliceColumns(0, V), d = both.SliceColumns(V, V);
        Tensor Part(string name) => Memory.Tensor([.. Draw.Uniform(name, 40 * V).Select(v => 4 * v)], 40, V).SliceRows(start, rows);
        SoftCap.Forward(pool, y, Part("x"), Cap);
        d.CopyFrom(Part("dy"));
        SoftCap.Backward(pool, d, y, Cap);
        return both.Reshape(2 * rows, V);
    }
}
