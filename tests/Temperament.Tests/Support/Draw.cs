using Temperament.Tensors.Random;

namespace Temperament.Tests.Support;

/// <summary>Test numbers by name. Doubles that are floats, so that a definition in double starts from what the kernel sees.</summary>
internal static class Draw
{
    /// <summary>Uniform in -1 .. 1.</summary>
    public static double[] Uniform(string name, int count)
    {
        var stream = new RandomStream(1, name);
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)((2 * stream.NextDouble()) - 1);
        }

        return values;
    }

    /// <summary>Whole numbers from 0 to below <paramref name="limit"/>.</summary>
    public static int[] Integers(string name, int count, int limit)
    {
        var stream = new RandomStream(1, name);
        var values = new int[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = stream.NextInt(limit);
        }

        return values;
    }
}
