namespace Temperament.Measures.Statistics.Distributions;

/// <summary>Student's t distribution.</summary>
public static class StudentDistribution
{
    /// <summary>Probability below t.</summary>
    /// <param name="t">Where to cut.</param>
    /// <param name="degrees">Degrees of freedom, greater than 0.</param>
    public static double Below(double t, double degrees) => Above(-t, degrees);

    /// <summary>Probability above t; keeps its digits in the far tail.</summary>
    /// <param name="t">Where to cut.</param>
    /// <param name="degrees">Degrees of freedom, greater than 0.</param>
    public static double Above(double t, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        if (t == 0)
        {
            return 0.5;
        }

        double tail = UpperTail(Math.Abs(t), degrees);
        return t > 0 ? tail : 1 - tail;
    }

    /// <summary>The t with probability q below it.</summary>
    /// <param name="q">Probability in [0, 1].</param>
    /// <param name="degrees">Degrees of freedom, greater than 0.</param>
    public static double Quantile(double q, double degrees) =>
        q < 0.5 ? -UpperQuantile(q, degrees) : UpperQuantile(1 - q, degrees);

    /// <summary>The t with probability q above it; keeps the digits of a small q.</summary>
    /// <param name="q">Probability in [0, 1].</param>
    /// <param name="degrees">Degrees of freedom, greater than 0.</param>
    public static double UpperQuantile(double q, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(q);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        if (q is 0 or 1)
        {
            return q == 0 ? double.PositiveInfinity : double.NegativeInfinity;
        }

        bool upper = q <= 0.5;
        double half = upper ? 0.5 - q : q - 0.5, tail = upper ? q : 1 - q;
        double t = half < 0.25
            ? Bisection.Smallest(0, double.MaxValue, t => Centre(t, degrees) >= half)
            : Bisection.Smallest(0, double.MaxValue, t => UpperTail(t, degrees) <= tail);
        return upper ? t : -t;
    }

    private static double UpperTail(double t, double degrees)
    {
        if (degrees == 1)
        {
            return Math.Atan2(1, t) / Math.PI;
        }

        double square = t * t;
        return double.IsInfinity(square)
            ? 0
            : 0.5 * BetaDistribution.Below(degrees / (degrees + square), square / (degrees + square), degrees / 2, 0.5);
    }

    /// <summary>Probability between 0 and t.</summary>
    private static double Centre(double t, double degrees)
    {
        if (degrees == 1)
        {
            return Math.Atan(t) / Math.PI;
        }

        double square = t * t;
        return double.IsInfinity(square)
            ? 0.5
            : 0.5 * BetaDistribution.Below(square / (degrees + square), degrees / (degrees + square), 0.5, degrees / 2);
    }
}
