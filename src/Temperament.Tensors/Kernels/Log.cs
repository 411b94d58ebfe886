namespace Temperament.Tensors.Kernels;

/// <summary>
/// Natural logarithm in double from additions, multiplications and one division, so that it has the same bits on every machine.
/// Relative error below 1e-14 away from 1.
/// </summary>
public static class Log
{
    private const double Ln2 = 0.69314718055994530942;
    private const double Sqrt2 = 1.41421356237309504880;

    /// <summary>ln x.</summary>
    /// <param name="x">A number; 0 gives minus infinity, a negative number NaN.</param>
    public static double Of(double x)
    {
        if (!(x > 0) || double.IsPositiveInfinity(x))
        {
            return x == 0 ? double.NegativeInfinity : x > 0 ? x : double.NaN;
        }

        // x = 2^n m with m around 1, and ln m = 2 artanh s = 2 (s + s^3/3 + s^5/5 + ...) where s = (m - 1)/(m + 1), |s| < 0.172.
        int n = Math.ILogB(x);
        double m = Math.ScaleB(x, -n);
        if (m > Sqrt2)
        {
            m *= 0.5;
            n++;
        }

        double s = (m - 1) / (m + 1), square = s * s, sum = 0;
        for (int k = 19; k >= 1; k -= 2)
        {
            sum = (sum * square) + (1.0 / k);
        }

        return (n * Ln2) + (2 * s * sum);
    }
}
