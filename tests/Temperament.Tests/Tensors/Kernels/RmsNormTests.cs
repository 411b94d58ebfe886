using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class RmsNormTests : KernelTests
{
    private const double Eps = 1e-5;

    /// <summary>At one column y is the sign of x: dx cancels to nothing, and what is left is rounding.</summary>
    public static TheoryData<int, int> ShapesOfTwoColumnsOrMore() => [.. Shapes().Where(row => row.Data.Item2 > 1)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_matches_the_definition(int R, int C)
    {
        double[] x = Draw.Uniform("x", R * C), weight = Draw.Uniform("weight", C);
        Tensor y = Memory.Filled(R, C, 7, gap: 3);

        RmsNorm.Forward(Pool, y, Memory.Filled(1, R, 0), Memory.Tensor(x, R, C, gap: 1), Memory.Row(weight), (float)Eps);

        GradCheck.Close(RmsNormReference.Forward(x, weight, (double)(float)Eps), y, GradCheck.ForwardLimit);
    }

    [Theory]
    [MemberData(nameof(ShapesOfTwoColumnsOrMore))]
    public void Backward_matches_central_differences(int R, int C)
    {
        double[] x = Draw.Uniform("x", R * C), weight = Draw.Uniform("weight", C), dy = Draw.Uniform("dy", R * C);
        double Loss() => GradCheck.Along(RmsNormReference.Forward(x, weight, (double)(float)Eps), dy);
        Tensor dx = Memory.Filled(R, C, GradCheck.Start, gap: 2), dweight = Memory.Filled(1, C, GradCheck.Start), rstd = Memory.Filled(1, R, 0);
        Tensor input = Memory.Tensor(x, R, C), scale = Memory.Row(weight);

        RmsNorm.Forward(Pool, Memory.Filled(R, C, 0), rstd, input, scale, (float)Eps);
        RmsNorm.Backward(Pool, dx, dweight, Memory.Tensor(dy, R, C, gap: 1), input, scale, rstd);

        GradCheck.Close(GradCheck.Numeric(x, Loss), dx, GradCheck.GradientLimit, GradCheck.Start);
        GradCheck.Close(GradCheck.Numeric(weight, Loss), dweight, GradCheck.GradientLimit, GradCheck.Start);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_instruction_set_or_batch()
    {
        Tensor first = Run(Pool, 0, 40);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 40));
        Tensor part = Run(Pool, 13, 20);
        AssertBits(Values(first.SliceRows(13, 20)), Values(part.SliceRows(0, 20)));
        Assert.Equal(0x55e3c0b9u, Word(first));
    }

    [Fact]
    public void The_gradient_of_the_scale_may_be_added_in_parts()
    {
        const int R = 50, C = 200;
        Tensor x = Memory.Tensor(Draw.Uniform("x", R * C), R, C), dy = Memory.Tensor(Draw.Uniform("dy", R * C), R, C);
        Tensor weight = Memory.Row(Draw.Uniform("weight", C)), rstd = Memory.Row(Draw.Uniform("rstd", R)), dx = Memory.Filled(R, C, 0);
        Tensor whole = Memory.Filled(1, C, 0), parts = Memory.Filled(1, C, 0);

        RmsNorm.Backward(Pool, dx, whole, dy, x, weight, rstd);
        RmsNorm.Backward(Pool, dx.SliceRows(0, 21), parts, dy.SliceRows(0, 21), x.SliceRows(0, 21), weight, rstd.SliceColumns(0, 21));
        RmsNorm.Backward(Pool, dx.SliceRows(21, 29), parts, dy.SliceRows(21, 29), x.SliceRows(21, 29), weight, rstd.SliceColumns(21, 29));

        AssertBits(Values(whole), Values(parts));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(64, 257, 1), weight = Memory.Filled(1, 257, 1), rstd = Memory.Filled(1, 64, 0), dx = Memory.Filled(64, 257, 0);
        AssertAllocatesNothing(() =>
        {
            RmsNorm.Forward(Pool, dx, rstd, x, weight, 1e-5f);
            RmsNorm.Backward(Pool, dx, default, x, x, weight, rstd);
        });
    }

    // Rows of output and of input gradient, one below the other.
    private Tensor Run(Temperament.Tensors.Threading.ComputePool pool, int start, int rows)
    {
        const int C = 257;
        Tensor x = Memory.Tensor(Draw.Uniform("x", 40 * C), 40, C).SliceRows(start, rows);
        Tensor dy = Memory.Tensor(Draw.Uniform("dy", 40 * C), 40, C).SliceRows(start, rows);
        Tensor weight = Memory.Row(Draw.Uniform("weight", C)), rstd = Memory.Filled(1, rows, 0), both = Memory.Filled(2 * rows, C, 0);
        RmsNorm.Forward(pool, both.SliceRows(0, rows), rstd, x, weight, 1e-5f);
        RmsNorm.Backward(pool, both.SliceRows(rows, rows), default, dy, x, weight, rstd);
        return both;
    }
}
