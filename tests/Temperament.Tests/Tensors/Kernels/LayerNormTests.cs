using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Reference;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class LayerNormTests : KernelTests
{
    private const double Eps = 1e-5;

    /// <summary>Rows of one column are 0, and rows of two are plus and minus 1: their input gradient is rounding.</summary>
    public static TheoryData<int, int> ShapesOfThreeColumnsOrMore() => [.. Shapes().Where(row => row.Data.Item2 > 2)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_matches_the_definition(int R, int C)
    {
        double[] x = Numbers(R * C), weight = Draw.Uniform("weight", C), bias = Draw.Uniform("bias", C);
        Tensor y = Memory.Filled(R, C, 7, gap: 3);

        LayerNorm.Forward(Pool, y, Memory.Filled(2, R, 0), Memory.Tensor(x, R, C, gap: 1), Memory.Row(weight), Memory.Row(bias), (float)Eps);

        GradCheck.Close(LayerNormReference.Forward(x, weight, bias, (double)(float)Eps), y, GradCheck.ForwardLimit);
    }

    [Theory]
    [MemberData(nameof(ShapesOfThreeColumnsOrMore))]
    public void Backward_matches_central_differences(int R, int C)
    {
        double[] x = Numbers(R * C), weight = Draw.Uniform("weight", C), bias = Draw.Uniform("bias", C), dy = Draw.Uniform("dy", R * C);
        double Loss() => GradCheck.Along(LayerNormReference.Forward(x, weight, bias, (double)(float)Eps), dy);
        Tensor dx = Memory.Filled(R, C, GradCheck.Start, gap: 2), dweight = Memory.Filled(1, C, GradCheck.Start), dbias = Memory.Filled(1, C, GradCheck.Start);
        Tensor input = Memory.Tensor(x, R, C), scale = Memory.Row(weight), moments = Memory.Filled(2, R, 0);

        LayerNorm.Forward(Pool, Memory.Filled(R, C, 0), moments, input, scale, Memory.Row(bias), (float)Eps);
        LayerNorm.Backward(Pool, dx, dweight, dbias, Memory.Tensor(dy, R, C, gap: 1), input, scale, moments);

        GradCheck.Close(GradCheck.Numeric(x, Loss), dx, GradCheck.GradientLimit, GradCheck.Start);
        GradCheck.Close(GradCheck.Numeric(weight, Loss), dweight, GradCheck.GradientLimit, GradCheck.Start);
        GradCheck.Close(GradCheck.Numeric(bias, Loss), dbias, GradCheck.GradientLimit, GradCheck.Start);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_instruction_set_or_batch()
    {
        Tensor first = Run(Pool, 0, 40);

        AssertSameOnAnyNumberOfThreads(pool => Run(pool, 0, 40));
        Tensor part = Run(Pool, 13, 20);
        AssertBits(Values(first.SliceRows(13, 20)), Values(part.SliceRows(0, 20)));
        Assert.Equal(0x2200f41au, Word(first));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Tensor x = Memory.Filled(64, 257, 1), row = Memory.Filled(1, 257, 1), moments = Memory.Filled(2, 64, 0), dx = Memory.Filled(64, 257, 0);
        AssertAllocatesNothing(() =>
        {
            LayerNorm.Forward(Pool, dx, moments, x, row, row, 1e-5f);
            LayerNorm.Backward(Pool, dx, default, default, x, x, row, moments);
        });
    }

    private static double[] Numbers(int count) => [.. Draw.Uniform("x", count).Select(v => (double)(float)(v + 0.5))];

    // Rows of output and of input gradient, one below the other.
    private Tensor Run(ComputePool pool, int start, int rows)
    {
        const int C = 257;
        Tensor Part(string name) => Memory.Tensor(Draw.Uniform(name, 40 * C), 40, C).SliceRows(start, rows);
        Tensor x = Part("x"), weight = Memory.Row(Draw.Uniform("weight", C)), bias = Memory.Row(Draw.Uniform("bias", C));
        Tensor moments = Memory.Filled(2, rows, 0), both = Memory.Filled(2 * rows, C, 0);
        LayerNorm.Forward(pool, both.SliceRows(0, rows), moments, x, weight, bias, 1e-5f);
        LayerNorm.Backward(pool, both.SliceRows(rows, rows), default, default, Part("dy"), x, weight, moments);
        return both;
    }
}
