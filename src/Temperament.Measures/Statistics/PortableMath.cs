namespace Temperament.Measures.Statistics;

/// <summary>
/// exp and log of exactly rounded operations only, so that they give the same bits on every machine, which the C runtime does not.
/// Right to about two units in the last place.
/// </summary>
internal static class PortableMath
{
    private const double Log2E = 1.4426950408889634;
    private const double LogTwoHigh = 0.693147180369123816490;
    private const double LogTwoLow = 1.90821492927058770002e-10;

    /// <summary>e^x; 0 below -708 and infinity above 709.</summary>
    public static double Exp(double x)
    {
        if (x < -708)
        {
            return 0;
        }

        if (x > 709)
        {
            return double.PositiveInfinity;
        }

        double power = Math.Round(x * Log2E), r = x - (power * LogTwoHigh) - (power * LogTwoLow), sum = 1;
        for (int n = 14; n >= 1; n--)
        {
            sum = 1 + (r * sum / n);
        }

        return sum * BitConverter.Int64BitsToDouble((long)(power + 1023) << 52);
    }

    /// <summary>ln x of a normal number x > 0, by Halley's iteration on <see cref="Exp"/>.</summary>
    public static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        double power = (bits >> 52) - 1023, fraction = BitConverter.Int64BitsToDouble((bits & 0xF_FFFF_FFFF_FFFF) | (1023L << 52));
        double y = (power * LogTwoHigh) + ((fraction - 1) * LogTwoHigh);
        for (int i = 0; i < 3; i++)
        {
            double e = Exp(y);
            y += 2 * (x - e) / (x + e);
        }

        return y;
    }
}
