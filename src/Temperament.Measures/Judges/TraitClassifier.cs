using System.Text.Json;
using Temperament.Models.Documents;

namespace Temperament.Measures.Judges;

/// <summary>
/// Says which trait and pole a text shows: multinomial logistic regression on the presence of words and word pairs, normalised to length 1
/// per text. It never sees emoji, so that an emoji cannot count as trait. Training is full-batch and exact to the bit for the same texts in
/// the same order.
/// </summary>
public sealed class TraitClassifier
{
    private const string Format = "temperament.trait-classifier.1";

    private readonly TextFeatures _features;
    private readonly double[] _parameters;

    private TraitClassifier(IReadOnlyList<string> labels, TextFeatures features, double[] parameters)
    {
        Labels = labels;
        _features = features;
        _parameters = parameters;
    }

    /// <summary>The labels in ordinal order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The words and word pairs that it looks at.</summary>
    public IReadOnlyList<string> Features => _features.Features;

    /// <summary>Trains a classifier.</summary>
    /// <param name="examples">Texts of at least two labels.</param>
    /// <param name="options">How to train; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are fewer than two labels.</exception>
    public static TraitClassifier Train(IReadOnlyList<LabelledText> examples, TraitClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(examples);
        options ??= new TraitClassifierOptions();
        string[] labels = [.. examples.Select(example => example.Label).Distinct(StringComparer.Ordinal)];
        Array.Sort(labels, StringComparer.Ordinal);
        if (labels.Length < 2)
        {
            throw new ArgumentException($"A classifier needs texts of at least two labels; these have {labels.Length}.", nameof(examples));
        }

        TextFeatures features = TextFeatures.Of(examples.Select(example => example.Text), options.MinimumDocuments);
        int[][] rows = [.. examples.Select(example => features.Present(example.Text))];
        int[] truth = [.. examples.Select(example => Array.BinarySearch(labels, example.Label, StringComparer.Ordinal))];
        var regression = new SoftmaxRegression(rows, truth, features.Features.Count, labels.Length, options.Penalty);
        var parameters = new double[regression.Parameters];
        LimitedMemoryMinimizer.Minimise(regression.Evaluate, parameters, options.MaximumIterations, 1e-5);
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = (float)parameters[i];
        }

        return new TraitClassifier(labels, features, parameters);
    }

    /// <summary>Classifies one text; a text without a known word gets the frequencies of the labels in training.</summary>
    /// <param name="text">Any text; its emoji are not looked at.</param>
    public TraitPrediction Predict(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var probabilities = new double[Labels.Count];
        SoftmaxRegression.Probabilities(_parameters, _features.Present(text), probabilities);
        int best = 0;
        for (int c = 1; c < probabilities.Length; c++)
        {
            best = probabilities[c] > probabilities[best] ? c : best;
        }

        return new TraitPrediction(Labels[best], probabilities);
    }

    /// <summary>Classifies known texts, which must not be those of the training, and counts.</summary>
    /// <param name="examples">Texts with labels that the classifier knows.</param>
    /// <exception cref="ArgumentException">A label is unknown.</exception>
    public ClassifierEvaluation Evaluate(IReadOnlyList<LabelledText> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return ClassifierEvaluation.Of(
            Labels,
            [.. examples.Select(example => example.Label)],
            [.. examples.Select(example => Predict(example.Text).Label)]);
    }

    /// <summary>Writes the classifier as JSON.</summary>
    /// <param name="stream">Where to write.</param>
    public void Save(Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        WriteStrings(writer, "labels", Labels);
        WriteStrings(writer, "features", Features);
        writer.WriteStartArray("weights");
        foreach (double parameter in _parameters)
        {
            writer.WriteNumberValue((float)parameter);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Reads a classifier that <see cref="Save"/> wrote; it predicts the same to the bit.</summary>
    /// <param name="stream">Where to read.</param>
    /// <param name="path">Name of the file, for errors.</param>
    /// <exception cref="MeasureFileException">The file is no classifier or of another version.</exception>
    public static TraitClassifier Load(Stream stream, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream);
            JsonElement root = document.RootElement;
            string format = root.GetProperty("format").GetString() ?? "";
            if (format != Format)
            {
                throw new MeasureFileException(path, $"format \"{format}\"", $"\"{Format}\"", "Train the classifier again with this version.");
            }

            string[] labels = [.. root.GetProperty("labels").EnumerateArray().Select(item => item.GetString()!)];
            string[] features = [.. root.GetProperty("features").EnumerateArray().Select(item => item.GetString()!)];
            double[] parameters = [.. root.GetProperty("weights").EnumerateArray().Select(item => (double)item.GetSingle())];
            int expected = (features.Length + 1) * labels.Length;
            return parameters.Length == expected
                ? new TraitClassifier(labels, new TextFeatures(features), parameters)
                : throw new MeasureFileException(path, $"{parameters.Length} weights", $"{expected}", "The file is cut off or was changed.");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new MeasureFileException(path, $"text that is none ({JsonFault.Describe(exception)})", "the JSON of a trait classifier", "Train the classifier again.");
        }
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
