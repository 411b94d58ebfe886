using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class RopeTests : KernelTests
{
    private const int Positions = 11;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_matches_the_definition_and_inverse_undoes_it(int heads, int half)
    {
        const int R = 4;
        int D = 2 * half;
        double[] x = Draw.Uniform("x", R * heads * D), cos = Angles(half, Math.Cos), sin = Angles(half, Math.Sin);
        int[] positions = Draw.Integers("positions", R, Positions);
        Tensor y = Memory.Tensor(x, R, heads * D, gap: 3), c = Memory.Tensor(cos, Positions, half), s = Memory.Tensor(sin, Positions, half);

        Rope.Apply(Pool, y, D, positions, c, s);
        GradCheck.Close(RopeReference.Forward(x, heads, D, positions, cos, sin), y, GradCheck.ForwardLimit);

        Rope.Apply(Pool, y, D, positions, c, s, inverse: true);
        GradCheck.Close(x, y, GradCheck.ForwardLimit);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Inverse_is_the_gradient(int heads, int half)
    {
        int D = 2 * half;
        double[] x = Draw.Uniform("x", heads * D), dy = Draw.Uniform("dy", heads * D), cos = Angles(half, Math.Cos), sin = Angles(half, Math.Sin);
        int[] positions = [7];
        Tensor dx = Memory.Tensor(dy, 1, heads * D);

        Rope.Apply(Pool, dx, D, positions, Memory.Tensor(cos, Positions, half), Memory.Tensor(sin, Positions, half), inverse: true);

        double Loss() => GradCheck.Along(RopeReference.Forward(x, heads, D, positions, cos, sin), dy);
        GradCheck.Close(GradCheck.Numeric(x, Loss), dx, GradCheck.GradientLimit);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_instruction_set_or_batch()
    {
        Tensor first = Run(Pool, 0, 90);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 90));
        AssertBits(Values(first.SliceRows(17, 3)), Values(Run(Pool, 17, 3)));
        Assert.Equal(0x5f3d9b40u, Word(first));
    }

    [Fact]
    public void A_position_beyond_the_tables_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Rope.Apply(
            Pool, Memory.Filled(1, 4, 0), 4, [Positions], Memory.Filled(Positions, 2, 0), Memory.Filled(Positions, 2, 0)));

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(100, 128, 1), table = Memory.Filled(Positions, 32, 0.5f);
        int[] positions = new int[100];
        AssertAllocatesNothing(() => Rope.Apply(Pool, x, 64, positions, table, table));
    }

    private Tensor Run(ComputePool pool, int start, int rows)
    {
        const int Columns = 200;
        Tensor x = Memory.Tensor(Draw.Uniform("x", 90 * Columns), 90, Columns).SliceRows(start, rows);
        int[] positions = Draw.Integers("positions", 90, Positions)[start..(start + rows)];
        Tensor cos = Memory.Tensor(Draw.Uniform("cos", Positions * 20), Positions, 20);
        Rope.Apply(pool, x, 40, positions, cos, Memory.Tensor(Draw.Uniform("sin", Positions * 20), Positions, 20));
        return x;
    }

    // Rounded to float, as the kernel reads them.
    private static double[] Angles(int half, Func<double, double> of) =>
        [.. Enumerable.Range(0, Positions * half).Select(i => (double)(float)of(i / half * Math.Pow(100, -(double)(i % half) / half)))];
}
