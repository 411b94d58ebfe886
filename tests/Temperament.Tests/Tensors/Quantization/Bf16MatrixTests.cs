using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Xunit;

namespace Temperament.Tests.Tensors.Quantization;

/// <summary>The witness is <see cref="Bf16.Narrow"/> and <see cref="Bf16.Widen"/>, which have tests of their own.</summary>
public sealed class Bf16MatrixTests
{
    [Fact]
    public void Rounds_to_the_nearest_and_widens_exactly()
    {
        using Bf16Matrix matrix = Bf16Matrix.Round(Tensor.From([1, 1.00390625f, 1.01171875f, -3.4e38f, 1e-40f, float.NegativeInfinity], 2, 3));
        Assert.Equal(2, matrix.Outputs);
        Assert.Equal(3, matrix.Inputs);
        Assert.Equal(12, matrix.Bytes);
        Assert.Equal<ushort>([0x3F80, 0x3F80, 0x3F82], matrix.Row(0).ToArray());
        Tensor wide = Tensor.Zeros(2, 3);
        matrix.Widen(wide);
        Assert.Equal([1, 1, 1.015625f], wide.Row(0).ToArray());
        Assert.Equal(float.NegativeInfinity, wide[1, 2]);
        Assert.Equal(0x00010000u, BitConverter.SingleToUInt32Bits(wide[1, 1]));
    }

    [Fact]
    public void Refuses_other_shapes_and_use_after_disposal()
    {
        var matrix = new Bf16Matrix(2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Widen(Tensor.Zeros(3, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Row(2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bf16Matrix(-1, 2));
        matrix.Dispose();
        Assert.Throws<ObjectDisposedException>(() => matrix.Row(0).Length);
    }
}
