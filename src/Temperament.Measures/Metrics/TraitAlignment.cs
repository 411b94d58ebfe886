using Temperament.Measures.Judges;
using Temperament.Measures.Statistics;

namespace Temperament.Measures.Metrics;

/// <summary>
/// Trait alignment, TA of arXiv 2409.10245: the share of answers that a classifier gives the target's label. The classifier is blind to
/// emoji.
/// </summary>
/// <param name="Target">The label aimed at.</param>
/// <param name="Labels">Labels of the classifier.</param>
/// <param name="Assigned">Number of answers that got each label.</param>
/// <param name="TargetProbabilities">The classifier's probability of the target for each answer.</param>
public sealed record TraitAlignment(
    string Target, IReadOnlyList<string> Labels, IReadOnlyList<int> Assigned, IReadOnlyList<double> TargetProbabilities)
{
    /// <summary>Share of answers with the target's label and its 95 % Wilson interval; missing without an answer.</summary>
    public Measured<Interval> Share
    {
        get
        {
            int target = Place(Labels, Target);
            return ProportionInterval.Wilson(Assigned[target], TargetProbabilities.Count);
        }
    }

    /// <summary>Mean probability of the target; missing without an answer.</summary>
    public Measured<double> MeanProbability => Sample.Mean(TargetProbabilities);

    /// <summary>Classifies answers.</summary>
    /// <param name="classifier">Who judges.</param>
    /// <param name="target">The label aimed at; one that the classifier knows.</param>
    /// <param name="answers">The answers.</param>
    /// <exception cref="ArgumentException">The classifier does not know the target.</exception>
    public static TraitAlignment Of(TraitClassifier classifier, string target, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(answers);
        int place = Place(classifier.Labels, target);
        TraitPrediction[] predictions = [.. answers.Select(classifier.Predict)];
        return new TraitAlignment(
            target,
            classifier.Labels,
            [.. classifier.Labels.Select(label => predictions.Count(prediction => prediction.Label == label))],
            [.. predictions.Select(prediction => prediction.Probabilities[place])]);
    }

    private static int Place(IReadOnlyList<string> labels, string target)
    {
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] == target)
            {
                return i;
            }
        }

        throw new ArgumentException($"The classifier knows {string.Join(", ", labels)}, not \"{target}\".", nameof(target));
    }
}
