using Temperament.Measures.Statistics;

namespace Temperament.Measures.Judges;

/// <summary>How well labels were predicted.</summary>
/// <param name="Labels">The labels, in the order of rows and columns.</param>
/// <param name="Confusion">Counts; the row is the true label, the column the predicted one.</param>
public sealed record ClassifierEvaluation(IReadOnlyList<string> Labels, IReadOnlyList<IReadOnlyList<int>> Confusion)
{
    /// <summary>Number of texts.</summary>
    public int Count => Confusion.Sum(row => row.Sum());

    /// <summary>Number of texts with the right label.</summary>
    public int Correct => Enumerable.Range(0, Labels.Count).Sum(i => Confusion[i][i]);

    /// <summary>Share of right labels with its 95 % Wilson interval.</summary>
    public Measured<Interval> Accuracy => ProportionInterval.Wilson(Correct, Count);

    /// <summary>Mean F1 over the labels; a label that is neither there nor predicted counts 0. Missing without a text.</summary>
    public Measured<double> MacroF1 => Count == 0 ? new Missing("no text") : Enumerable.Range(0, Labels.Count).Average(F1);

    /// <summary>Counts pairs of true and predicted labels.</summary>
    /// <param name="labels">All labels.</param>
    /// <param name="truth">True labels.</param>
    /// <param name="predicted">Predicted labels of the same texts.</param>
    /// <exception cref="ArgumentException">A label is not among all labels, or the lists differ in length.</exception>
    public static ClassifierEvaluation Of(IReadOnlyList<string> labels, IReadOnlyList<string> truth, IReadOnlyList<string> predicted)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentOutOfRangeException.ThrowIfNotEqual(predicted.Count, truth.Count, nameof(predicted));
        int[][] confusion = [.. labels.Select(_ => new int[labels.Count])];
        for (int i = 0; i < truth.Count; i++)
        {
            confusion[Place(labels, truth[i])][Place(labels, predicted[i])]++;
        }

        return new ClassifierEvaluation(labels, confusion);
    }

    private static int Place(IReadOnlyList<string> labels, string label)
    {
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] == label)
            {
                return i;
            }
        }

        throw new ArgumentException($"The label \"{label}\" is none of {string.Join(", ", labels)}.", nameof(label));
    }

    private double F1(int label)
    {
        int right = Confusion[label][label], there = Confusion[label].Sum(), said = Confusion.Sum(row => row[label]);
        return there + said == 0 ? 0 : 2.0 * right / (there + said);
    }
}
