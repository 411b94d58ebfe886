using Temperament.Measures.Statistics;

namespace Temperament.Measures.Judges;

/// <summary>
/// Mean cross-entropy of a multinomial logistic regression with an L2 penalty, and its gradient. Parameters are (features + 1, classes)
/// row by row, the last row being the biases. A text with n present features has the value 1 / sqrt(n) for each of them.
/// </summary>
internal sealed class SoftmaxRegression(int[][] rows, int[] labels, int features, int classes, double penalty)
{
    private readonly double[] _logits = new double[classes];

    /// <summary>Number of parameters.</summary>
    public int Parameters => (features + 1) * classes;

    /// <summary>Writes the class probabilities of one text.</summary>
    public static void Probabilities(ReadOnlySpan<double> parameters, int[] present, Span<double> result)
    {
        Logits(parameters, present, result);
        double largest = result[0], sum = 0;
        foreach (double logit in result)
        {
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
        double loss = 0, weight = 1.0 / rows.Length, squares = 0;
        int biases = features * classes;
        for (int i = 0; i < biases; i++)
        {
            squares += parameters[i] * parameters[i];
            gradient[i] = penalty * parameters[i];
        }

        gradient.AsSpan(biases).Clear();
        for (int row = 0; row < rows.Length; row++)
        {
            int[] present = rows[row];
            Probabilities(parameters, present, _logits);
            loss -= PortableMath.Log(Math.Max(_logits[labels[row]], 1e-300));
            _logits[labels[row]] -= 1;
            double scale = weight * Scale(present);
            foreach (int feature in present)
            {
                AddScaled(gradient.AsSpan(feature * classes, classes), scale, _logits);
            }

            AddScaled(gradient.AsSpan(biases, classes), weight, _logits);
        }

        return (loss * weight) + (0.5 * penalty * squares);
    }

    private static void Logits(ReadOnlySpan<double> parameters, int[] present, Span<double> result)
    {
        result.Clear();
        int classes = result.Length;
        foreach (int feature in present)
        {
            ReadOnlySpan<double> weights = parameters.Slice(feature * classes, classes);
            for (int c = 0; c < result.Length && c < weights.Length; c++)
            {
                result[c] += weights[c];
            }
        }

        double scale = Scale(present);
        ReadOnlySpan<double> biases = parameters[^classes..];
        for (int c = 0; c < classes; c++)
        {
            result[c] = (result[c] * scale) + biases[c];
        }
    }

    private static double Scale(int[] present) => present.Length == 0 ? 0 : 1 / Math.Sqrt(present.Length);

    private static void AddScaled(Span<double> to, double factor, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < to.Length && i < values.Length; i++)
        {
            to[i] += factor * values[i];
        }
    }
}
