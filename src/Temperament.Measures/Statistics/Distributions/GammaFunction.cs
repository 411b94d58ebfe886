namespace Temperament.Measures.Statistics.Distributions;

/// <summary>The logarithm of the gamma function, and what is left of it beside Stirling's formula.</summary>
internal static class GammaFunction
{
    private const double HalfLogTwoPi = 0.91893853320467274178;
    private const double SeriesStart = 10;

    /// <summary>ln gamma(z) for z > 0, to about 1e-15 absolute or relative.</summary>
    public static double Log(double z)
    {
        double product = 1, shifted = z;
        while (shifted < SeriesStart)
        {
            product *= shifted;
            shifted++;
        }

        double stirling = ((shifted - 0.5) * Math.Log(shifted)) - shifted + HalfLogTwoPi + Series(shifted);
        return product == 1 ? stirling : stirling - Math.Log(product);
    }

    /// <summary>ln gamma(z) - ((z - 1/2) ln z - z + ln(2 pi)/2) for z > 0.</summary>
    public static double StirlingError(double z) =>
        z >= SeriesStart ? Series(z) : Log(z) - (((z - 0.5) * Math.Log(z)) - z + HalfLogTwoPi);

    /// <summary>ln(1 + x) without loss near 0.</summary>
    public static double LogOnePlus(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }

    private static double Series(double z)
    {
        double w = 1 / (z * z);
        return ((1.0 / 12) - (w * ((1.0 / 360) - (w * ((1.0 / 1260) - (w * ((1.0 / 1680)
            - (w * ((1.0 / 1188) - (w * ((691.0 / 360360) - (w / 156)))))))))))) / z;
    }
}
