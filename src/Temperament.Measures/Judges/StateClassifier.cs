namespace Temperament.Measures.Judges;

/// <summary>
/// A linear head on real features of texts, as <see cref="StateFeatures"/> gives them: each feature is brought to mean 0 and variance 1 over
/// the training texts, then multinomial logistic regression. Exact to the bit for the same features in the same order.
/// </summary>
public sealed class StateClassifier
{
    private readonly float[] _means;
    private readonly float[] _scales;
    private readonly double[] _parameters;

    private StateClassifier(IReadOnlyList<string> labels, float[] means, float[] scales, double[] parameters) =>
        (Labels, _means, _scales, _parameters) = (labels, means, scales, parameters);

    /// <summary>The labels in ordinal order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>(C) mean of each feature over the training texts.</summary>
    public ReadOnlySpan<float> Means => _means;

    /// <summary>(C) what each feature is multiplied by once its mean is taken off: 1 / standard deviation, or 0 for a constant one.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>The weights of a label on the standardised features, and its bias at the end.</summary>
    /// <param name="label">Number of the label.</param>
    /// <returns>(C + 1) numbers.</returns>
    public ReadOnlySpan<double> Weights(int label) => _parameters.AsSpan(label * (_means.Length + 1), _means.Length + 1);

    /// <summary>Trains a head.</summary>
    /// <param name="features">(n)(C) features.</param>
    /// <param name="labels">(n) labels, of at least two kinds.</param>
    /// <param name="penalty">Weight of half the sum of squared weights.</param>
    /// <param name="maximumIterations">Steps of the minimiser at most.</param>
    /// <exception cref="ArgumentException">There are fewer than two labels, or not as many as rows.</exception>
    public static StateClassifier Train(IReadOnlyList<float[]> features, IReadOnlyList<string> labels, double penalty, int maximumIterations = 100)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        string[] kinds = [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (kinds.Length < 2 || labels.Count != features.Count)
        {
            throw new ArgumentException($"A head needs a label for each of {features.Count} rows, of at least two kinds; there are {labels.Count} of {kinds.Length} kinds.", nameof(labels));
        }

        (float[] means, float[] scales) = Moments(features);
        float[][] rows = [.. features.Select(row => Standard(row, means, scales))];
        var regression = new DenseSoftmaxRegression(rows, [.. labels.Select(label => Array.BinarySearch(kinds, label, StringComparer.Ordinal))], kinds.Length, penalty);
        var parameters = new double[regression.Parameters];
        LimitedMemoryMinimizer.Minimise(regression.Evaluate, parameters, maximumIterations, 1e-5);
        return new StateClassifier(kinds, means, scales, parameters);
    }

    /// <summary>Classifies one text by its features.</summary>
    /// <param name="features">(C) features.</param>
    public TraitPrediction Predict(ReadOnlySpan<float> features)
    {
        var probabilities = new double[Labels.Count];
        DenseSoftmaxRegression.Probabilities(_parameters, Standard(features, _means, _scales), probabilities);
        int best = 0;
        for (int c = 1; c < probabilities.Length; c++)
        {
            best = probabilities[c] > probabilities[best] ? c : best;
        }

        return new TraitPrediction(Labels[best], probabilities);
    }

    /// <summary>Classifies known texts, which must not be those of the training, and counts.</summary>
    /// <param name="features">(n)(C) features.</param>
    /// <param name="labels">(n) labels that the head knows.</param>
    /// <exception cref="ArgumentException">A label is unknown.</exception>
    public ClassifierEvaluation Evaluate(IReadOnlyList<float[]> features, IReadOnlyList<string> labels) =>
        ClassifierEvaluation.Of(Labels, labels, [.. features.Select(row => Predict(row).Label)]);

    private static (float[] Means, float[] Scales) Moments(IReadOnlyList<float[]> features)
    {
        int width = features[0].Length;
        var (means, scales) = (new float[width], new float[width]);
        for (int c = 0; c < width; c++)
        {
            double sum = 0, squares = 0;
            foreach (float[] row in features)
            {
                sum += row[c];
            }

            double mean = sum / features.Count;
            foreach (float[] row in features)
            {
                squares += (row[c] - mean) * (row[c] - mean);
            }

            double deviation = Math.Sqrt(squares / features.Count);
            (means[c], scales[c]) = ((float)mean, deviation > 0 ? (float)(1 / deviation) : 0);
        }

        return (means, scales);
    }

    private static float[] Standard(ReadOnlySpan<float> row, float[] means, float[] scales)
    {
        var standard = new float[row.Length];
        for (int c = 0; c < standard.Length; c++)
        {
            standard[c] = (row[c] - means[c]) * scales[c];
        }

        return standard;
    }
}
