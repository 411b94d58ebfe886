using System.Numerics;

namespace Temperament.Tests.Reference;

/// <summary>Softmax, its normaliser and cross-entropy, by their definitions; for logits of ordinary size.</summary>
internal static class SoftmaxReference
{
    public static T[] Forward<T>(T[] x, int columns)
        where T : IFloatingPointIeee754<T>
    {
        var y = new T[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = T.Exp(x[i]) / Sum(x, i / columns, columns);
        }

        return y;
    }

    public static T[] LogSumExp<T>(T[] x, int columns)
        where T : IFloatingPointIeee754<T> => [.. Enumerable.Range(0, x.Length / columns).Select(r => T.Log(Sum(x, r, columns)))];

    public static T[] CrossEntropy<T>(T[] logits, int columns, int[] targets)
        where T : IFloatingPointIeee754<T>
    {
        T[] normalisers = LogSumExp(logits, columns);
        return [.. targets.Select((target, r) => target == -100 ? T.Zero : normalisers[r] - logits[(r * columns) + target])];
    }

    private static T Sum<T>(T[] x, int row, int columns)
        where T : IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int c = 0; c < columns; c++)
        {
            sum += T.Exp(x[(row * columns) + c]);
        }

        return sum;
    }
}
