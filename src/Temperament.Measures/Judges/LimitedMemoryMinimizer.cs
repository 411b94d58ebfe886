namespace Temperament.Measures.Judges;

/// <summary>
/// Minimises a smooth function by L-BFGS (Nocedal 1980) with backtracking. All sums run in ascending order, so that the result is a
/// function of the input alone.
/// </summary>
internal static class LimitedMemoryMinimizer
{
    private const int Memory = 6;
    private const double SufficientDecrease = 1e-4;

    /// <summary>Writes the gradient at a point and gives the value there.</summary>
    public delegate double Objective(double[] point, double[] gradient);

    /// <summary>Moves a point downhill until the gradient's norm is below the tolerance, or no step helps.</summary>
    public static void Minimise(Objective objective, double[] point, int maximumIterations, double tolerance)
    {
        int n = point.Length;
        double[] gradient = new double[n], next = new double[n], nextGradient = new double[n], direction = new double[n];
        var steps = new List<Step>(Memory);
        double value = objective(point, gradient);
        for (int iteration = 0; iteration < maximumIterations && Dot(gradient, gradient) > tolerance * tolerance; iteration++)
        {
            Direction(gradient, steps, direction);
            double slope = Dot(direction, gradient);
            if (slope >= 0)
            {
                return;
            }

            double length = steps.Count == 0 ? 1 / Math.Sqrt(Dot(gradient, gradient)) : 1;
            double nextValue = 0;
            bool found = false;
            for (int attempt = 0; attempt < 30 && !found; attempt++)
            {
                for (int i = 0; i < n; i++)
                {
                    next[i] = point[i] + (length * direction[i]);
                }

                nextValue = objective(next, nextGradient);
                found = nextValue <= value + (SufficientDecrease * length * slope);
                length *= 0.5;
            }

            if (!found)
            {
                return;
            }

            Remember(steps, point, next, gradient, nextGradient);
            next.CopyTo(point, 0);
            nextGradient.CopyTo(gradient, 0);
            value = nextValue;
        }
    }

    private static void Remember(List<Step> steps, double[] point, double[] next, double[] gradient, double[] nextGradient)
    {
        Step step = steps.Count == Memory ? steps[0] : new Step(new double[point.Length], new double[point.Length]);
        for (int i = 0; i < point.Length; i++)
        {
            step.Move[i] = next[i] - point[i];
            step.Turn[i] = nextGradient[i] - gradient[i];
        }

        if (steps.Count == Memory)
        {
            steps.RemoveAt(0);
        }

        double product = Dot(step.Move, step.Turn);
        if (product > 0)
        {
            steps.Add(step with { Inverse = 1 / product });
        }
    }

    /// <summary>The two loops of L-BFGS: minus the inverse Hessian, as the remembered steps show it, times the gradient.</summary>
    private static void Direction(double[] gradient, List<Step> steps, double[] direction)
    {
        for (int i = 0; i < direction.Length; i++)
        {
            direction[i] = -gradient[i];
        }

        Span<double> weights = stackalloc double[Memory];
        for (int k = steps.Count - 1; k >= 0; k--)
        {
            weights[k] = steps[k].Inverse * Dot(steps[k].Move, direction);
            Add(direction, -weights[k], steps[k].Turn);
        }

        if (steps.Count > 0)
        {
            Step last = steps[^1];
            double scale = 1 / (last.Inverse * Dot(last.Turn, last.Turn));
            for (int i = 0; i < direction.Length; i++)
            {
                direction[i] *= scale;
            }
        }

        for (int k = 0; k < steps.Count; k++)
        {
            double correction = steps[k].Inverse * Dot(steps[k].Turn, direction);
            Add(direction, weights[k] - correction, steps[k].Move);
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static void Add(double[] to, double factor, double[] values)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += factor * values[i];
        }
    }

    private sealed record Step(double[] Move, double[] Turn)
    {
        public double Inverse { get; init; }
    }
}
