namespace Temperament.Measures.Statistics.Distributions;

/// <summary>The normal distribution with mean 0 and deviation 1.</summary>
public static class NormalDistribution
{
    private const double SeriesEnd = 2;

    /// <summary>Probability below x; right to about 1e-14 relative also in the far lower tail.</summary>
    /// <param name="x">Where to cut.</param>
    public static double Below(double x) => 0.5 * ErrorComplement(-x / Math.Sqrt(2));

    /// <summary>Probability above x; right to about 1e-14 relative also in the far upper tail.</summary>
    /// <param name="x">Where to cut.</param>
    public static double Above(double x) => Below(-x);

    /// <summary>The x with probability q below it.</summary>
    /// <param name="q">Probability in [0, 1].</param>
    public static double Quantile(double q)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(q);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q, 1);
        return q < 0.5 ? -UpperQuantile(q) : UpperQuantile(1 - q);
    }

    /// <summary>The x with probability q above it; keeps the digits of a small q.</summary>
    /// <param name="q">Probability in [0, 1].</param>
    public static double UpperQuantile(double q)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(q);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q, 1);
        return q == 0 ? double.PositiveInfinity
            : q == 1 ? double.NegativeInfinity
            : q > 0.5 ? -InUpperHalf(1 - q, q - 0.5)
            : InUpperHalf(q, 0.5 - q);
    }

    /// <summary>2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.</summary>
    internal static double Error(double x) =>
        Math.Abs(x) < SeriesEnd ? ErrorSeries(x)
        : x > 0 ? 1 - ErrorFraction(x)
        : ErrorFraction(-x) - 1;

    /// <summary>1 - Error(x), without loss for large x.</summary>
    internal static double ErrorComplement(double x) =>
        x < -SeriesEnd ? 2 - ErrorFraction(-x)
        : x < SeriesEnd ? 1 - ErrorSeries(x)
        : ErrorFraction(x);

    private static double Density(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    /// <summary>Newton's method; both functions are concave, so that every step stays on one side of the root.</summary>
    private static double InUpperHalf(double q, double belowHalf)
    {
        if (belowHalf < 0.25)
        {
            double near = belowHalf * Math.Sqrt(2 * Math.PI);
            for (int i = 0; i < 8; i++)
            {
                near += (belowHalf - (0.5 * Error(near / Math.Sqrt(2)))) / Density(near);
            }

            return near;
        }

        double x = Math.Sqrt(-2 * Math.Log(q)), target = Math.Log(q);
        for (int i = 0; i < 60; i++)
        {
            double tail = Above(x);
            double step = (Math.Log(tail) - target) * tail / Density(x);
            if (!double.IsFinite(step))
            {
                break;
            }

            x += step;
            if (Math.Abs(step) <= 1e-16 * x)
            {
                break;
            }
        }

        return x;
    }

    private static double ErrorSeries(double x)
    {
        double square = x * x, term = x, sum = x;
        for (int n = 1; n < 200 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * square / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-square) * sum;
    }

    /// <summary>Continued fraction of the complement for x at least 2, from the far end to the near one.</summary>
    private static double ErrorFraction(double x)
    {
        double tail = x;
        for (int n = 120; n >= 1; n--)
        {
            tail = x + (0.5 * n / tail);
        }

        double head = Math.Round(x * 16) / 16, rest = (x - head) * (x + head);
        return Math.Exp(-head * head) * Math.Exp(-rest) / (tail * Math.Sqrt(Math.PI));
    }
}
