using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

public sealed class ReduceTests : KernelTests
{
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Dot_adds_in_the_order_of_its_contract(int rows, int width)
    {
        int count = rows * width;
        Tensor x = Memory.Row(Draw.Uniform("x", count)), y = Memory.Row(Draw.Uniform("y", count));
        float[] lanes = new float[64];
        for (int i = 0; i < count; i++)
        {
            lanes[i % 64] = MathF.FusedMultiplyAdd(x[0, i], y[0, i], lanes[i % 64]);
        }

        for (int half = 32; half >= 1; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                lanes[i] += lanes[i + half];
            }
        }

        AssertBits([lanes[0]], [Reduce.Dot(x.Row(0), y.Row(0))]);
    }

    [Fact]
    public void Dot_has_the_same_bits_on_every_instruction_set()
    {
        Tensor x = Memory.Row(Draw.Uniform("x", 10007)), y = Memory.Row(Draw.Uniform("y", 10007));

        Assert.Equal(0xc265daf5u, BitConverter.SingleToUInt32Bits(Reduce.Dot(x.Row(0), y.Row(0))));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Max_finds_the_largest_wherever_it_stands(int rows, int width)
    {
        for (int at = 0; at < width; at += 1 + (width / 20))
        {
            Tensor x = Memory.Filled(1, width, -rows);
            x[0, at] = -0.5f;
            unsafe
            {
                Assert.Equal(-0.5f, Reduce.Max(x.Data, width));
            }
        }
    }
}
