using Temperament.Tensors.Kernels;

namespace Temperament.Tests.Reference;

/// <summary>The definitions of the activations in double; the normal distribution by Simpson's rule over its density.</summary>
internal static class ActivationReference
{
    public static double Of(ActivationKind kind, double x) => kind switch
    {
        ActivationKind.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        ActivationKind.GeluErf => x * Phi(x),
        ActivationKind.Relu => Math.Max(x, 0),
        ActivationKind.Tanh => Math.Tanh(x),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    // The tail from |x| to |x| + 12 is integrated, so that small probabilities keep their digits.
    private static double Phi(double x)
    {
        const int Steps = 4000;
        double from = Math.Abs(x), h = 12.0 / Steps, sum = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double at = from + (i * h), weight = i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.Exp(-0.5 * at * at) / Math.Sqrt(2 * Math.PI);
        }

        double tail = sum * h / 3;
        return x < 0 ? tail : 1 - tail;
    }
}
