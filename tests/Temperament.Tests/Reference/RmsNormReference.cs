using System.Numerics;

namespace Temperament.Tests.Reference;

/// <summary>The definition of RMSNorm, written for reading. Differentiated in double, compared with the kernel in float.</summary>
internal static class RmsNormReference
{
    public static T[] Forward<T>(T[] x, T[] weight, T eps)
        where T : IFloatingPointIeee754<T>
    {
        int C = weight.Length;
        var y = new T[x.Length];
        for (int r = 0; r < x.Length / C; r++)
        {
            T meanSquare = T.Zero;
            for (int c = 0; c < C; c++)
            {
                meanSquare += x[(r * C) + c] * x[(r * C) + c] / T.CreateChecked(C);
            }

            for (int c = 0; c < C; c++)
            {
                y[(r * C) + c] = weight[c] * x[(r * C) + c] / T.Sqrt(meanSquare + eps);
            }
        }

        return y;
    }
}
