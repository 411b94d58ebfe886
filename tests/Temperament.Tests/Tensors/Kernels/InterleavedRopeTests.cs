using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class InterleavedRopeTests : KernelTests
{
    private const int Positions = 11;

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(3, 12, 4)]
    [InlineData(2, 64, 32)]
    public void Neighbours_are_turned_the_rest_is_left_and_inverse_undoes_it(int heads, int D, int pairs)
    {
        const int R = 4;
        double[] x = Draw.Uniform("x", R * heads * D), angles = Draw.Uniform("angles", Positions * pairs);
        int[] positions = Draw.Integers("positions", R, Positions);
        Tensor y = Memory.Tensor(x, R, heads * D, gap: 3);
        Tensor cos = Memory.Tensor([.. angles.Select(Math.Cos)], Positions, pairs), sin = Memory.Tensor([.. angles.Select(Math.Sin)], Positions, pairs);

        InterleavedRope.Apply(Pool, y, D, positions, cos, sin);
        double[] expected = [.. x];
        for (int pair = 0; pair < R * heads * pairs; pair++)
        {
            int head = pair / pairs, at = (head * D) + (2 * (pair % pairs));
            double angle = angles[(positions[head / heads] * pairs) + (pair % pairs)];
            expected[at] = (x[at] * Math.Cos(angle)) - (x[at + 1] * Math.Sin(angle));
            expected[at + 1] = (x[at] * Math.Sin(angle)) + (x[at + 1] * Math.Cos(angle));
        }

        GradCheck.Close(expected, y, GradCheck.ForwardLimit);
        InterleavedRope.Apply(Pool, y, D, positions, cos, sin, inverse: true);
        GradCheck.Close(x, y, GradCheck.ForwardLimit);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads()
    {
        AssertSameOnAnyNumberOfThreads(pool =>
        {
            Tensor x = Memory.Tensor(Draw.Uniform("x", 90 * 200), 90, 200), table = Memory.Tensor(Draw.Uniform("cos", Positions * 8), Positions, 8);
            InterleavedRope.Apply(pool, x, 40, Draw.Integers("positions", 90, Positions), table, table);
            return x;
        });
    }

    [Fact]
    public void A_position_beyond_the_tables_and_too_wide_a_table_are_refused()
    {
        Tensor x = Memory.Filled(1, 4, 0), table = Memory.Filled(Positions, 2, 0), wide = Memory.Filled(Positions, 3, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => InterleavedRope.Apply(Pool, x, 4, [Positions], table, table));
        Assert.Throws<ArgumentOutOfRangeException>(() => InterleavedRope.Apply(Pool, x, 4, [0], wide, wide));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rope.Apply(Pool, x, 4, [0], wide, wide));
    }

    [Fact]
    public void A_table_narrower_than_the_head_leaves_the_rest_of_it_alone()
    {
        Tensor x = Memory.Tensor(Draw.Uniform("x", 10), 1, 10), before = Memory.Tensor(Draw.Uniform("x", 10), 1, 10);
        Tensor packed = Memory.Tensor([before[0, 0], before[0, 1], before[0, 5], before[0, 6]], 2, 2), table = Memory.Filled(2, 1, 0.5f);

        Rope.Apply(Pool, x, 5, [1], table, table);
        Rope.Apply(Pool, packed, 2, [1, 1], table, table);

        Assert.Equal([packed[0, 0], packed[0, 1], before[0, 2], before[0, 3], before[0, 4]], Values(x)[..5]);
        Assert.Equal([packed[1, 0], packed[1, 1], before[0, 7], before[0, 8], before[0, 9]], Values(x)[5..]);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(100, 128, 1), table = Memory.Filled(Positions, 8, 0.5f);
        int[] positions = new int[100];
        AssertAllocatesNothing(() => InterleavedRope.Apply(Pool, x, 64, positions, table, table));
    }
}
