using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class GeGluTests : KernelTests
{
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_matches_the_definition(int R, int F)
    {
        double[] gate = Gate(R * F), up = Draw.Uniform("up", R * F);
        Tensor y = Memory.Filled(R, F, 7, gap: 1);

        GeGlu.Forward(Pool, y, Memory.Tensor(gate, R, F, gap: 2), Memory.Tensor(up, R, F));

        GradCheck.Close(Definition(gate, up), y, GradCheck.ForwardLimit);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Backward_sets_what_central_differences_give(int R, int F)
    {
        double[] gate = Gate(R * F), up = Draw.Uniform("up", R * F), dy = Draw.Uniform("dy", R * F);
        double Loss() => GradCheck.Along(Definition(gate, up), dy);
        Tensor dgate = Memory.Filled(R, F, GradCheck.Start, gap: 1), dup = Memory.Filled(R, F, GradCheck.Start);

        GeGlu.Backward(Pool, dgate, dup, Memory.Tensor(dy, R, F), Memory.Tensor(gate, R, F), Memory.Tensor(up, R, F, gap: 2));

        GradCheck.Close(GradCheck.Numeric(gate, Loss), dgate, GradCheck.GradientLimit);
        GradCheck.Close(GradCheck.Numeric(up, Loss), dup, GradCheck.GradientLimit);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_instruction_set_or_batch()
    {
        Tensor first = Run(Pool, 0, 40);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 40));
        AssertBits(Values(first.SliceRows(13 * 3, 20 * 3)), Values(Run(Pool, 13, 20)));
        Assert.Equal(0x561d1ee4u, Word(first));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(64, 257, 1), dgate = Memory.Filled(64, 257, 0), dup = Memory.Filled(64, 257, 0);
        AssertAllocatesNothing(() =>
        {
            GeGlu.Forward(Pool, dup, x, x);
            GeGlu.Backward(Pool, dgate, dup, x, x, x);
        });
    }

    private static double[] Gate(int count) => [.. Draw.Uniform("gate", count).Select(g => (double)(float)(3 * g))];

    private static double[] Definition(double[] gate, double[] up) =>
        [.. gate.Select((g, i) => ActivationReference.Of(ActivationKind.GeluTanh, g) * up[i])];

    // For each row: output, gradient of the gate, gradient of the values.
    private Tensor Run(ComputePool pool, int start, int rows)
    {
        const int F = 257;
        Tensor Part(string name) => Memory.Tensor(Draw.Uniform(name, 40 * F), 40, F).SliceRows(start, rows);
        Tensor all = Memory.Filled(rows, 3 * F, 0), gate = Part("gate"), up = Part("up");
        GeGlu.Forward(pool, all.SliceColumns(0, F), gate, up);
        GeGlu.Backward(pool, all.SliceColumns(F, F), all.SliceColumns(2 * F, F), Part("dy"), gate, up);
        return all.Reshape(3 * rows, F);
    }
}
