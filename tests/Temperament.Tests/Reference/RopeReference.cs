using System.Numerics;

namespace Temperament.Tests.Reference;

/// <summary>Rotation of the pairs (i, i + D/2) of each head, as multiplication of complex numbers.</summary>
internal static class RopeReference
{
    public static T[] Forward<T>(T[] x, int heads, int headSize, int[] positions, T[] cos, T[] sin)
        where T : IFloatingPointIeee754<T>
    {
        int half = headSize / 2;
        var y = new T[x.Length];
        for (int r = 0; r < positions.Length; r++)
        {
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < half; i++)
                {
                    int real = (((r * heads) + h) * headSize) + i, imaginary = real + half, angle = (positions[r] * half) + i;
                    y[real] = (x[real] * cos[angle]) - (x[imaginary] * sin[angle]);
                    y[imaginary] = (x[real] * sin[angle]) + (x[imaginary] * cos[angle]);
                }
            }
        }

        return y;
    }
}
