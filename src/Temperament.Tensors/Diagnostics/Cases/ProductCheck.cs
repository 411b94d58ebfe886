using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;

namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>Compares elements of a product with their definition, bit by bit: one chain of fused multiply-adds in ascending order.</summary>
internal static class ProductCheck
{
    private const int Drawn = 64;

    public static string? Forward(Tensor y, Tensor x, WeightMatrix w) =>
        Compare("forward", y, w.Inputs, (i, j, c) => (x[i, c], Weight(w, j, c)));

    public static string? InputGradient(Tensor dx, Tensor dy, WeightMatrix w) =>
        Compare("input gradient", dx, w.Outputs, (i, j, c) => (dy[i, c], Weight(w, c, j)));

    public static string? WeightGradient(Tensor dw, Tensor dy, Tensor x) =>
        Compare("weight gradient", dw, x.Rows, (i, j, c) => (dy[c, i], x[c, j]));

    private static float Weight(WeightMatrix w, int output, int input)
    {
        if (w.Bf16 is { } half)
        {
            return BitConverter.UInt32BitsToSingle((uint)half.Row(output)[input] << 16);
        }

        return w.Nf4 is { } nf4 ? nf4[output, input] : w.Blocks is { } blocks ? blocks[output, input] : w.Dense[output, input];
    }

    private static string? Compare(string name, Tensor result, int depth, Func<int, int, int, (float A, float B)> factors)
    {
        var stream = new RandomStream(1, "diagnostics/elements");
        for (int drawn = 0; drawn < Drawn; drawn++)
        {
            // The last element first: remainders of tiles are where a kernel goes wrong.
            int i = drawn == 0 ? result.Rows - 1 : stream.NextInt(result.Rows), j = drawn == 0 ? result.Columns - 1 : stream.NextInt(result.Columns);
            float sum = 0;
            for (int c = 0; c < depth; c++)
            {
                (float a, float b) = factors(i, j, c);
                sum = MathF.FusedMultiplyAdd(a, b, sum);
            }

            if (BitConverter.SingleToInt32Bits(sum) != BitConverter.SingleToInt32Bits(result[i, j]))
            {
                return $"{name}: element ({i}, {j}) of ({result.Rows}, {result.Columns}) is {result[i, j]:R}; its definition gives {sum:R}";
            }
        }

        return null;
    }
}
