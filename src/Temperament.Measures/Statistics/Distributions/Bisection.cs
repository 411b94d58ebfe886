namespace Temperament.Measures.Statistics.Distributions;

/// <summary>Finds where a monotone condition begins to hold, to the last bit.</summary>
internal static class Bisection
{
    /// <summary>The smallest double in [low, high], both not negative, for which the condition holds; high if none below it does.</summary>
    /// <remarks>Doubles that are not negative have the order of their bit patterns, so that 64 halvings of the pattern suffice at any scale.</remarks>
    public static double Smallest(double low, double high, Func<double, bool> holds)
    {
        long from = BitConverter.DoubleToInt64Bits(low), to = BitConverter.DoubleToInt64Bits(high);
        while (from < to)
        {
            long middle = from + ((to - from) / 2);
            if (holds(BitConverter.Int64BitsToDouble(middle)))
            {
                to = middle;
            }
            else
            {
                from = middle + 1;
            }
        }

        return BitConverter.Int64BitsToDouble(to);
    }
}
