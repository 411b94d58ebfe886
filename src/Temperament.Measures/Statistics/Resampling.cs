using Temperament.Tensors.Random;

namespace Temperament.Measures.Statistics;

/// <summary>Draws of the bootstrap: which cases each resample holds.</summary>
public static class Resampling
{
    /// <summary>Draws with replacement.</summary>
    /// <param name="stream">Random numbers.</param>
    /// <param name="resamples">Number of resamples, B, at least 1.</param>
    /// <param name="size">Number of cases, n.</param>
    /// <returns>B rows of n indices from 0 to n - 1.</returns>
    public static IReadOnlyList<int[]> Draw(RandomStream stream, int resamples, int size)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var rows = new int[resamples][];
        for (int b = 0; b < resamples; b++)
        {
            rows[b] = new int[size];
            for (int i = 0; i < size; i++)
            {
                rows[b][i] = stream.NextInt(size);
            }
        }

        return rows;
    }
}
