using System.Numerics;

namespace Temperament.Tests.Reference;

/// <summary>The definition of layer normalisation.</summary>
internal static class LayerNormReference
{
    public static T[] Forward<T>(T[] x, T[] weight, T[] bias, T eps)
        where T : IFloatingPointIeee754<T>
    {
        int C = weight.Length;
        T count = T.CreateChecked(C);
        var y = new T[x.Length];
        for (int r = 0; r < x.Length / C; r++)
        {
            T mean = T.Zero, variance = T.Zero;
            for (int c = 0; c < C; c++)
            {
                mean += x[(r * C) + c] / count;
            }

            for (int c = 0; c < C; c++)
            {
                T d = x[(r * C) + c] - mean;
                variance += d * d / count;
            }

            for (int c = 0; c < C; c++)
            {
                y[(r * C) + c] = (weight[c] * (x[(r * C) + c] - mean) / T.Sqrt(variance + eps)) + bias[c];
            }
        }

        return y;
    }
}
