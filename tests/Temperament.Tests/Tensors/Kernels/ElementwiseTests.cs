using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class ElementwiseTests : KernelTests
{
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Add_and_scale_round_once_an_element(int R, int C)
    {
        double[] x = Draw.Uniform("x", R * C), y = Draw.Uniform("y", R * C);
        Tensor sum = Memory.Tensor(y, R, C, gap: 1), product = Memory.Tensor(y, R, C, gap: 2);

        Elementwise.Add(Pool, sum, Memory.Tensor(x, R, C, gap: 3));
        Elementwise.Scale(Pool, product, 0.3f);

        AssertBits([.. y.Select((v, i) => (float)v + (float)x[i])], Values(sum));
        AssertBits([.. y.Select(v => (float)v * 0.3f)], Values(product));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Sum_of_squares_is_that_of_double(int R, int C)
    {
        double[] x = Draw.Uniform("x", R * C);

        double sum = Elementwise.SumOfSquares(Memory.Tensor(x, R, C, gap: 1));

        double expected = x.Sum(v => v * v);
        Assert.Equal(expected, sum, 1e-14 * expected);
    }

    [Fact]
    public void Sum_of_squares_has_the_same_bits_on_every_instruction_set() =>
        Assert.Equal(0x408fce540c88ddd2L, BitConverter.DoubleToInt64Bits(Elementwise.SumOfSquares(Memory.Tensor(Draw.Uniform("x", 3003), 3, 1001))));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_number_that_is_not_finite_is_found_wherever_it_stands(int R, int C)
    {
        Tensor x = Memory.Filled(R, C, float.MaxValue, gap: 1);
        Assert.True(Elementwise.AllFinite(x));
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            for (int c = 0; c < C; c += 1 + (C / 20))
            {
                x[R - 1, c] = bad;
                Assert.False(Elementwise.AllFinite(x));
                x[R - 1, c] = -float.Epsilon;
                Assert.True(Elementwise.AllFinite(x));
            }
        }
    }

    [Fact]
    public void Bits_do_not_depend_on_threads() => AssertSameOnAnyNumberOfThreads(pool =>
    {
        Tensor y = Memory.Tensor(Draw.Uniform("y", 90 * 200), 90, 200);
        Elementwise.Add(pool, y, Memory.Tensor(Draw.Uniform("x", 90 * 200), 90, 200));
        Elementwise.Scale(pool, y, 0.1f);
        return y;
    });

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(64, 257, 1), y = Memory.Filled(64, 257, 1);
        AssertAllocatesNothing(() =>
        {
            Elementwise.Add(Pool, y, x);
            Elementwise.Scale(Pool, y, 0.5f);
            _ = Elementwise.SumOfSquares(y) + (Elementwise.AllFinite(x) ? 1 : 0);
        });
    }
}
