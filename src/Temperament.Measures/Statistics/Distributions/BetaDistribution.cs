namespace Temperament.Measures.Statistics.Distributions;

/// <summary>The beta distribution, that is the regularised incomplete beta function, by its continued fraction.</summary>
internal static class BetaDistribution
{
    private const double Tiny = 1e-300;
    private const int MaximumTerms = 100_000;

    /// <summary>Probability below x, I_x(a, b); y = 1 - x is given so that neither end loses digits.</summary>
    public static double Below(double x, double y, double a, double b)
    {
        if (x <= 0)
        {
            return 0;
        }

        if (y <= 0)
        {
            return 1;
        }

        return x <= (a + 1) / (a + b + 2) ? Tail(x, y, a, b) : 1 - Tail(y, x, b, a);
    }

    /// <summary>Probability above x.</summary>
    public static double Above(double x, double y, double a, double b) => Below(y, x, b, a);

    /// <summary>The x with probability q below it.</summary>
    public static double Quantile(double q, double a, double b) =>
        q <= 0 ? 0
        : q >= 1 ? 1
        : Bisection.Smallest(0, 1, x => Below(x, 1 - x, a, b) >= q);

    private static double Tail(double x, double y, double a, double b)
    {
        double s = a + b, lift = (x * b) - (a * y);
        double logPrefix = (a * LogRatio(x * s / a, lift / a)) + (b * LogRatio(y * s / b, -lift / b))
            + (0.5 * Math.Log(a * b / (s * 2 * Math.PI)))
            + GammaFunction.StirlingError(s) - GammaFunction.StirlingError(a) - GammaFunction.StirlingError(b);
        return Math.Exp(logPrefix) * Fraction(x, a, b) / a;
    }

    /// <summary>Logarithm of a ratio of which the difference to 1 is known too: near 1 the difference has more digits, far from it the ratio.</summary>
    private static double LogRatio(double ratio, double lessOne) =>
        Math.Abs(lessOne) < 0.5 ? GammaFunction.LogOnePlus(lessOne) : Math.Log(ratio);

    private static double Fraction(double x, double a, double b)
    {
        double c = 1, d = 1 / NotZero(1 - ((a + b) * x / (a + 1))), value = d;
        for (int m = 1; m <= MaximumTerms; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            value *= d * c;

            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            double step = d * c;
            value *= step;
            if (Math.Abs(step - 1) < 1e-16)
            {
                break;
            }
        }

        return value;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
