using Temperament.Measures.Statistics;

namespace Temperament.Measures.Judges;

/// <summary>
/// Mean cross-entropy of a multinomial logistic regression on real features with an L2 penalty, and its gradient. Parameters are
/// (classes, features + 1) row by row, the last column being the biases, which the penalty leaves alone.
/// </summary>
/// <param name="rows">(n)(features).</param>
/// <param name="labels">(n) classes.</param>
/// <param name="classes">Number of classes.</param>
/// <param name="penalty">Weight of half the sum of squares.</param>
internal sealed class DenseSoftmaxRegression(float[][] rows, int[] labels, int classes, double penalty)
{
    private readonly double[] _probabilities = new double[classes];
    private readonly int _features = rows[0].Length;

    /// <summary>Number of parameters.</summary>
    public int Parameters => classes * (_features + 1);

    /// <summary>Writes the class probabilities of one row.</summary>
    public static void Probabilities(ReadOnlySpan<double> parameters, ReadOnlySpan<float> row, Span<double> result)
    {
        double largest = double.NegativeInfinity, sum = 0;
        for (int c = 0; c < result.Length; c++)
        {
            ReadOnlySpan<double> weights = parameters.Slice(c * (row.Length + 1), row.Length + 1);
            double logit = weights[row.Length];
            for (int i = 0; i < row.Length; i++)
            {
                logit += weights[i] * row[i];
            }

            result[c] = logit;
            largest = Math.Max(largest, logit);
        }

        for (int c = 0; c < result.Length; c++)
        {
            result[c] = PortableMath.Exp(result[c] - largest);
            sum += result[c];
        }

        for (int c = 0; c < result.Length; c++)
        {
            result[c] /= sum;
        }
    }

    /// <summary>The value at the parameters; the gradient is written.</summary>
    public double Evaluate(double[] parameters, double[] gradient)
    {
        double loss = 0, squares = 0, weight = 1.0 / rows.Length;
        int stride = _features + 1;
        for (int i = 0; i < parameters.Length; i++)
        {
            double penalised = i % stride == _features ? 0 : parameters[i];
            squares += penalised * penalised;
            gradient[i] = penalty * penalised;
        }

        for (int r = 0; r < rows.Length; r++)
        {
            Probabilities(parameters, rows[r], _probabilities);
            loss -= PortableMath.Log(Math.Max(_probabilities[labels[r]], 1e-300));
            _probabilities[labels[r]] -= 1;
            for (int c = 0; c < classes; c++)
            {
                Add(gradient.AsSpan(c * stride, stride), weight * _probabilities[c], rows[r]);
            }
        }

        return (loss * weight) + (0.5 * penalty * squares);
    }

    private static void Add(Span<double> to, double factor, ReadOnlySpan<float> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            to[i] += factor * row[i];
        }

        to[row.Length] += factor;
    }
}
