using Temperament.Measures.Judges;
using Temperament.Models;

namespace Temperament.Studies.Data.Classification;

/// <summary>How well a classifier tells the targets of answers about topics that it has not seen.</summary>
/// <param name="Name">"words", or "states of" and the model, and whether it has an adapter.</param>
/// <param name="Settings">What was chosen on the training topics, as in "penalty 0.001".</param>
/// <param name="ChosenOn">How it was chosen: "in cross-validation", or "on the validation topics".</param>
/// <param name="ChosenAccuracy">Share of right labels there.</param>
/// <param name="Test">Counts on the test rows.</param>
public sealed record ClassificationResult(string Name, string Settings, string ChosenOn, double ChosenAccuracy, ClassifierEvaluation Test)
{
    /// <summary>The last block whose states are read; null where none is.</summary>
    public int? Block { get; init; }
}

/// <summary>
/// Trains classifiers of the target on some opinions and tests them on others. Settings are chosen by cross-validation over the training
/// topics; the test rows are looked at once.
/// </summary>
public static class OpinionClassification
{
    private const int Folds = 3;
    private const long FoldSeed = 1;
    private const string CrossValidation = "in cross-validation";

    private static readonly double[] WordPenalties = [1e-4, 3e-4, 1e-3];
    private static readonly double[] StatePenalties = [1e-2, 1e-1, 1];

    /// <summary>Logistic regression on words and word pairs.</summary>
    /// <param name="train">Rows to learn from.</param>
    /// <param name="test">Rows to be told, of other topics.</param>
    /// <exception cref="OpinionsDoNotFitException">A topic or none of the targets is in both.</exception>
    public static ClassificationResult ByWords(IReadOnlyList<Opinion> train, IReadOnlyList<Opinion> test)
    {
        Check(train, test);
        int[] folds = TopicFolds.Of(train, Folds, FoldSeed);
        LabelledText[] texts = [.. train.Select(Labelled)];
        (double penalty, double accuracy) = WordPenalties.Select(penalty => (penalty, Cross(folds, (fit, held) =>
            Train(fit.Select(i => texts[i]), penalty).Evaluate([.. held.Select(i => texts[i])])))).MaxBy(each => each.Item2);
        return new ClassificationResult("words", FormattableString.Invariant($"penalty {penalty}"), CrossValidation, accuracy, Train(texts, penalty).Evaluate([.. test.Select(Labelled)]));
    }

    /// <summary>A linear head on the mean-pooled states of a model after one of its blocks.</summary>
    /// <param name="train">Rows to learn from.</param>
    /// <param name="test">Rows to be told, of other topics.</param>
    /// <param name="model">The model; its weights stay as they are.</param>
    /// <param name="progress">Called with the share of the work that is done; null for nobody.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OpinionsDoNotFitException">A topic or none of the targets is in both.</exception>
    public static ClassificationResult ByStates(
        IReadOnlyList<Opinion> train, IReadOnlyList<Opinion> test, LanguageModel model, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        Check(train, test);
        ArgumentNullException.ThrowIfNull(model);
        int blocks = model.Config.Layers;
        int[] layers = [.. new[] { blocks / 2, 2 * blocks / 3, 5 * blocks / 6, blocks - 1 }.Distinct()];
        string[] answers = [.. train.Concat(test).Select(row => row.Answer)];
        IReadOnlyList<float[][]> features = StateFeatures.Read(model, answers, layers, done => progress?.Invoke(0.5 * done / answers.Length), cancellation);
        string[] labels = [.. train.Select(row => row.Target.Name)];
        int[] folds = TopicFolds.Of(train, Folds, FoldSeed);
        List<(int Layer, double Penalty, double Accuracy)> tried = [];
        foreach ((int layer, double penalty) in Enumerable.Range(0, layers.Length).SelectMany(layer => StatePenalties.Select(penalty => (layer, penalty))))
        {
            cancellation.ThrowIfCancellationRequested();
            float[][] rows = features[layer][..train.Count];
            tried.Add((layer, penalty, Cross(folds, (fit, held) => StateClassifier.Train([.. fit.Select(i => rows[i])], [.. fit.Select(i => labels[i])], penalty)
                .Evaluate([.. held.Select(i => rows[i])], [.. held.Select(i => labels[i])]))));
            progress?.Invoke(0.5 + (0.5 * tried.Count / (layers.Length * StatePenalties.Length)));
        }

        (int chosen, double best, double accuracy) = tried.MaxBy(each => each.Accuracy);
        ClassifierEvaluation result = StateClassifier.Train(features[chosen][..train.Count], labels, best)
            .Evaluate(features[chosen][train.Count..], [.. test.Select(row => row.Target.Name)]);
        return new ClassificationResult($"states of {Path.GetFileName(model.Path)}", FormattableString.Invariant($"block {layers[chosen]}, penalty {best}"), CrossValidation, accuracy, result)
        {
            Block = layers[chosen],
        };
    }

    internal static void Check(IReadOnlyList<Opinion> train, IReadOnlyList<Opinion> test)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        if (OpinionSplit.SharedTopics(train.Select(row => row.Topic), test.Select(row => row.Topic)) is { Count: > 0 } shared)
        {
            throw new OpinionsDoNotFitException($"The training and the test rows share {shared.Count} topics, among them \"{shared[0]}\".");
        }

        if (test.FirstOrDefault(row => train.All(known => known.Target != row.Target)) is { } unknown)
        {
            throw new OpinionsDoNotFitException($"The test rows have the target {unknown.Target.Name}, which no training row has.");
        }

        if (test.DistinctBy(row => row.Target).Count() < 2)
        {
            throw new OpinionsDoNotFitException($"The test rows have {test.DistinctBy(row => row.Target).Count()} targets; there is something to tell apart from two on.");
        }
    }

    private static double Cross(int[] folds, Func<int[], int[], ClassifierEvaluation> run)
    {
        int right = 0;
        for (int fold = 0; fold < Folds; fold++)
        {
            right += run([.. Enumerable.Range(0, folds.Length).Where(i => folds[i] != fold)], [.. Enumerable.Range(0, folds.Length).Where(i => folds[i] == fold)]).Correct;
        }

        return (double)right / folds.Length;
    }

    private static LabelledText Labelled(Opinion row) => new(row.Answer, row.Target.Name);

    private static TraitClassifier Train(IEnumerable<LabelledText> texts, double penalty) => TraitClassifier.Train([.. texts], new TraitClassifierOptions(Penalty: penalty));
}
