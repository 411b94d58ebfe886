using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Kernels;

/// <summary>The witness is <see cref="MatMulReference.Chain"/>: every element must have its bits, whatever the shape and path. No kernel may touch a number beside its tensors.</summary>
public sealed unsafe class MatMulTests : IDisposable
{
    private readonly ComputePool _pool = new(2);

    private readonly GuardedMemory _memory = new();

    public void Dispose()
    {
        _pool.Dispose();
        _memory.Dispose();
    }

    public static TheoryData<int, int, int> Shapes()
    {
        var data = new TheoryData<int, int, int>
        {
            { 0, 3, 3 }, { 3, 0, 3 }, { 3, 3, 0 }, { 1, 1, 1 }, { 13, 47, 257 }, { 1, 128, 128 }, { 1, 129, 127 }, { 2, 64, 31 },
            { 64, 16, 8 }, { 1, 80, 64 }, { 4, 112, 128 }, { 2, 64, 576 }, { 13, 48, 128 }, { 3, 70, 64 }, { 6, 21, 40 }, { 70, 8, 33 }, { 33, 24, 40 }, { 24, 20, 33 }, { 40, 37, 16 }, { 16, 8, 64 }, { 12, 32, 256 }, { 25, 33, 65 }, { 5, 257, 3 }, { 1, 31, 513 }, { 41, 11, 2 }, { 20, 40, 48 }, { 32, 33, 64 }, { 17, 5, 528 }, { 34, 352, 384 },
            { 16, 48, 37 }, { 15, 32, 20 }, { 29, 16, 24 }, { 48, 144, 130 }, { 61, 176, 96 }, { 9, 16, 208 }, { 78, 48, 32 },
            { 81, 48, 35 }, { 100, 37, 48 }, { 86, 96, 80 },
            { 41, 16, 70 }, { 150, 16, 64 }, { 131, 70, 16 }, { 129, 32, 48 }, { 66, 144, 32 }, { 65, 80, 8 },
        };
        foreach (int width in new[] { 2, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127 })
        {
            data.Add(3, width, 19);
            data.Add(width, 5, 7);
            data.Add(2, 6, width);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_gives_the_bits_of_the_definition(int m, int n, int k)
    {
        float[,] x = MatMulReference.Normal(m, k, "x"), w = MatMulReference.Normal(n, k, "w"), y = MatMulReference.Normal(m, n, "y");
        WeightMatrix weights = WeightMatrix.F32(Guarded(w, 3));
        foreach (bool accumulate in new[] { false, true })
        {
            Tensor target = Guarded(y, 5);
            MatMul.Forward(_pool, target, Guarded(x, 1), weights, accumulate);
            AssertSame(MatMulReference.Chain(accumulate ? y : new float[m, n], x, MatMulReference.Transpose(w)), target);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Input_gradient_gives_the_bits_of_the_definition(int m, int n, int k)
    {
        float[,] dy = MatMulReference.Normal(m, n, "dy"), w = MatMulReference.Normal(n, k, "w"), dx = MatMulReference.Normal(m, k, "dx");
        WeightMatrix weights = WeightMatrix.F32(Guarded(w, 3));
        foreach (bool accumulate in new[] { false, true })
        {
            Tensor target = Guarded(dx, 5);
            MatMul.BackwardInput(_pool, target, Guarded(dy, 1), weights, accumulate);
            AssertSame(MatMulReference.Chain(accumulate ? dx : new float[m, k], dy, w), target);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Weight_gradient_gives_the_bits_of_the_definition(int m, int n, int k)
    {
        float[,] dy = MatMulReference.Normal(m, n, "dy"), x = MatMulReference.Normal(m, k, "x"), dw = MatMulReference.Normal(n, k, "dw");
        foreach (bool accumulate in new[] { false, true })
        {
            Tensor target = Guarded(dw, 5);
            MatMul.BackwardWeight(_pool, target, Guarded(dy, 1), Guarded(x, 2), accumulate);
            AssertSame(MatMulReference.Chain(accumulate ? dw : new float[n, k], MatMulReference.Transpose(dy), x), target);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Nf4_weights_give_the_bits_of_the_weights_that_they_read_as(int m, int n, int k)
    {
        using Temperament.Tensors.Quantization.Nf4Matrix nf4 = MatMulReference.Nf4(n, k, "w", out float[,] w);
        WeightMatrix weights = WeightMatrix.FromNf4(nf4);
        float[,] x = MatMulReference.Normal(m, k, "x"), dy = MatMulReference.Normal(m, n, "dy");
        Tensor y = Guarded(new float[m, n]), dx = Guarded(new float[m, k]);
        MatMul.Forward(_pool, y, Guarded(x), weights);
        MatMul.BackwardInput(_pool, dx, Guarded(dy), weights);
        AssertSame(MatMulReference.Chain(new float[m, n], x, MatMulReference.Transpose(w)), y);
        AssertSame(MatMulReference.Chain(new float[m, k], dy, w), dx);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Bf16_weights_give_the_bits_of_the_weights_that_they_read_as(int m, int n, int k)
    {
        float[,] w = MatMulReference.Rounded(n, k, "w"), x = MatMulReference.Normal(m, k, "x"), dy = MatMulReference.Normal(m, n, "dy");
        float[,] y = MatMulReference.Normal(m, n, "y"), dx = MatMulReference.Normal(m, k, "dx");
        WeightMatrix weights = WeightMatrix.FromBf16(_memory.Bf16(w));
        foreach (bool accumulate in new[] { false, true })
        {
            Tensor target = Guarded(y, 5), gradient = Guarded(dx, 5);
            MatMul.Forward(_pool, target, Guarded(x, 1), weights, accumulate);
            MatMul.BackwardInput(_pool, gradient, Guarded(dy, 1), weights, accumulate);
            AssertSame(MatMulReference.Chain(accumulate ? y : new float[m, n], x, MatMulReference.Transpose(w)), target);
            AssertSame(MatMulReference.Chain(accumulate ? dx : new float[m, k], dy, w), gradient);
        }
    }

    private Tensor Guarded(float[,] values, int gap = 0)
    {
        Tensor tensor = _memory.Filled(values.GetLength(0), values.GetLength(1), 0, gap);
        for (int i = 0; i < tensor.Rows; i++)
        {
            for (int j = 0; j < tensor.Columns; j++)
            {
                tensor[i, j] = values[i, j];
            }
        }

        return tensor;
    }

    private static void AssertSame(float[,] expected, Tensor actual)
    {
        for (int i = 0; i < actual.Rows; i++)
        {
            for (int j = actual.Columns; j < actual.Stride && i < actual.Rows - 1; j++)
            {
                Assert.True(float.IsNaN(actual.Data[((long)i * actual.Stride) + j]), "The gap between two rows was written to.");
            }

            for (int j = 0; j < actual.Columns; j++)
            {
                if (BitConverter.SingleToInt32Bits(expected[i, j]) != BitConverter.SingleToInt32Bits(actual[i, j]))
                {
                    Assert.Fail($"({i}, {j}) of ({actual.Rows}, {actual.Columns}): expected {expected[i, j]:R}, was {actual[i, j]:R}");
                }
            }
        }
    }
}
