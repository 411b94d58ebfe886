using Temperament.Tensors.Memory;
using Xunit;

namespace Temperament.Tests.Support;

/// <summary>Central differences in double, the independent witness of every backward pass, and the measure of closeness.</summary>
internal static class GradCheck
{
    /// <summary>What a gradient holds before a backward pass adds to it, so that '=' in place of '+=' is seen.</summary>
    public const float Start = 0.5f;

    public const double ForwardLimit = 1e-12;

    public const double GradientLimit = 1e-9;

    /// <summary>Gradient of <paramref name="loss"/> with respect to <paramref name="at"/>, which it reads.</summary>
    public static double[] Numeric(double[] at, Func<double> loss, double h = 1e-6)
    {
        var gradient = new double[at.Length];
        for (int i = 0; i < at.Length; i++)
        {
            double old = at[i];
            at[i] = old + h;
            double up = loss();
            at[i] = old - h;
            double down = loss();
            at[i] = old;
            gradient[i] = (up - down) / (2 * h);
        }

        return gradient;
    }

    /// <summary>Sum of products: the loss whose gradient with respect to <paramref name="y"/> is <paramref name="dy"/>.</summary>
    public static double Along(double[] y, double[] dy)
    {
        double sum = 0;
        for (int i = 0; i < y.Length; i++)
        {
            sum += y[i] * dy[i];
        }

        return sum;
    }

    /// <summary>||a - b||^2 / ||a||^2 must not exceed <paramref name="limit"/>; <paramref name="start"/> is taken off b first.</summary>
    public static void Close(double[] expected, Tensor actual, double limit, float start = 0)
    {
        double error = 0, size = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            error += Math.Pow(expected[i] - ((double)actual[i / actual.Columns, i % actual.Columns] - start), 2);
            size += Math.Pow(expected[i], 2);
        }

        Assert.Equal(expected.Length, actual.Count);
        Assert.True(error <= limit * size, $"normalised squared error {error / size:e2} exceeds {limit:e2}");
    }
}
