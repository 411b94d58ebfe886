using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class ExpTests : KernelTests
{
    [Fact]
    public void Relative_error_is_below_2e_7_where_results_are_normal()
    {
        double worst = 0;
        for (int i = 0; i <= 40000; i++)
        {
            float x = -87.3f + (i * (88.7f + 87.3f) / 40000);
            worst = Math.Max(worst, Math.Abs((Exp.Of(x) / Math.Exp(x)) - 1));
        }

        Assert.InRange(worst, 0, 2e-7);
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(1e30f, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(-104f, 0f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.NaN, float.NaN)]
    public void Special_arguments_have_their_exact_results(float x, float expected)
    {
        Assert.Equal(expected, Exp.Of(x));
        Assert.Equal(expected, Vectors([x])[0]);
    }

    [Fact]
    public void Results_below_the_normal_range_are_rounded_once()
    {
        for (float x = -103.5f; x < -87.5f; x += 0.25f)
        {
            Assert.InRange(Math.Abs(Exp.Of(x) - Math.Exp(x)), 0, (Math.Exp(x) * 2e-7) + (0.51 * float.Epsilon));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Vectors_have_the_bits_of_scalars(int rows, int width)
    {
        float[] x = [.. Draw.Uniform("x", rows * width).Select(v => (float)(v * 110))];

        AssertBits([.. x.Select(Exp.Of)], Vectors(x));
    }

    [Fact]
    public void Bits_are_the_same_on_every_instruction_set()
    {
        Tensor y = Memory.Row([.. Draw.Uniform("x", 2000).Select(v => v * 90)]);

        Exp.Apply(y.Row(0), y.Row(0));

        Assert.Equal(0x4ec12199u, Word(y));
    }

    [Fact]
    public void Logarithm_undoes_the_exponential()
    {
        double worst = 0;
        for (double x = 1e-30; x < 1e30; x *= 1.37)
        {
            worst = Math.Max(worst, Math.Abs(Log.Of(x) - Math.Log(x)) / Math.Max(1, Math.Abs(Math.Log(x))));
        }

        Assert.InRange(worst, 0, 1e-15);
        Assert.Equal(0, Log.Of(1));
        Assert.Equal(double.NegativeInfinity, Log.Of(0));
        Assert.Equal(double.PositiveInfinity, Log.Of(double.PositiveInfinity));
        Assert.Equal(double.NaN, Log.Of(-1));
        Assert.Equal(double.NaN, Log.Of(double.NaN));
    }

    private float[] Vectors(float[] x)
    {
        Tensor y = Memory.Row([.. x.Select(v => (double)v)]);
        Exp.Apply(y.Row(0), y.Row(0));
        return Values(y);
    }
}
