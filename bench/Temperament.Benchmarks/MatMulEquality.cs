using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks;

/// <summary>Compares the products with their plain definition, bit by bit: no time is printed for a kernel that is wrong.</summary>
internal static class MatMulEquality
{
    private static readonly (int M, int N, int K)[] Shapes = [(1, 257, 300), (13, 47, 600), (64, 128, 128), (100, 576, 64)];

    /// <summary>Null where all is equal, else a sentence that says what is not.</summary>
    public static string? Check(ComputePool pool)
    {
        foreach ((int m, int n, int k) in Shapes)
        {
            Tensor x = Normal(m, k, "x"), w = Normal(n, k, "w"), y = Tensor.Zeros(m, n), dx = Tensor.Zeros(m, k), dw = Tensor.Zeros(n, k);
            MatMul.Forward(pool, y, x, WeightMatrix.F32(w));
            MatMul.BackwardInput(pool, dx, y, WeightMatrix.F32(w));
            MatMul.BackwardWeight(pool, dw, y, x);
            string? difference = Difference("forward", y, k, (i, j, c) => (x[i, c], w[j, c]))
                ?? Difference("input gradient", dx, n, (i, j, c) => (y[i, c], w[c, j]))
                ?? Difference("weight gradient", dw, m, (i, j, c) => (y[c, i], x[c, j]));
            if (difference is not null)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? Difference(string name, Tensor result, int depth, Func<int, int, int, (float A, float B)> factors)
    {
        for (int i = 0; i < result.Rows; i++)
        {
            for (int j = 0; j < result.Columns; j++)
            {
                float sum = 0;
                for (int c = 0; c < depth; c++)
                {
                    (float a, float b) = factors(i, j, c);
                    sum = MathF.FusedMultiplyAdd(a, b, sum);
                }

                if (BitConverter.SingleToInt32Bits(sum) != BitConverter.SingleToInt32Bits(result[i, j]))
                {
                    return $"{name}: element ({i}, {j}) of ({result.Rows}, {result.Columns}) is {result[i, j]:R}, its definition {sum:R}";
                }
            }
        }

        return null;
    }

    private static Tensor Normal(int rows, int columns, string name)
    {
        var stream = new RandomStream(1, name);
        Tensor tensor = Tensor.Zeros(rows, columns);
        foreach (ref float value in tensor.Span)
        {
            value = (float)stream.NextNormal();
        }

        return tensor;
    }
}
