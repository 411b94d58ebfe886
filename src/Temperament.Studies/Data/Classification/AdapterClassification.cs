using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Temperament.Models;
using Temperament.Models.Text;

namespace Temperament.Studies.Data.Classification;

/// <summary>
/// Trains <see cref="AdaptedClassifier"/>: learning rate and number of epochs are chosen on validation topics out of the training topics, then
/// all training topics are trained on, and the test rows are looked at once. Every run keeps a checkpoint, so a stopped one goes on from there.
/// </summary>
public static class AdapterClassification
{
    /// <summary>Runs it.</summary>
    /// <param name="train">Rows to learn from; they may have targets that the test rows lack.</param>
    /// <param name="test">Rows to be told, of other topics.</param>
    /// <param name="model">The model; its weights stay as they are.</param>
    /// <param name="block">The last block that is used.</param>
    /// <param name="folder">Folder that keeps the runs.</param>
    /// <param name="settings">How; null for the defaults.</param>
    /// <param name="progress">Told the name of the run, the steps done, all steps, and the loss.</param>
    /// <param name="cancellation">Ends the run between two steps; the folder holds what was done.</param>
    /// <exception cref="OpinionsDoNotFitException">A topic or none of the targets is in both, or there are too few topics.</exception>
    /// <exception cref="Methods.Training.TrainingException">The folder holds runs of other data, settings or another model.</exception>
    public static ClassificationResult Run(
        IReadOnlyList<Opinion> train, IReadOnlyList<Opinion> test, LanguageModel model, int block, string folder,
        AdapterSettings? settings = null, Action<string, int, int, double>? progress = null, CancellationToken cancellation = default)
    {
        OpinionClassification.Check(train, test);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)block, (uint)model.Config.Layers);
        settings ??= new AdapterSettings();
        Directory.CreateDirectory(folder);
        int[] folds = TopicFolds.Of(train, settings.ValidationPart, settings.Seed);
        HashSet<TraitTarget> asked = [.. test.Select(row => row.Target)];
        Opinion[] fit = [.. train.Where((_, i) => folds[i] > 0)];
        Opinion[] held = [.. train.Where((row, i) => folds[i] == 0 && asked.Contains(row.Target))];
        if (held.Length == 0)
        {
            throw new OpinionsDoNotFitException($"The training rows have too few topics to set one part of {settings.ValidationPart} aside for validation.");
        }

        OpinionClassification.Check(fit, held);

        IReadOnlyList<int> Run(IReadOnlyList<Opinion> rows, string name, double rate, int epochs, AdaptedClassifier classifier, Func<int>? score) =>
            classifier.Train(rate, epochs, Path.Combine(folder, $"{name}.safetensors"), Key(rows, model, block, rate, settings), score,
                (done, steps, loss) => progress?.Invoke(name, done, steps, loss), cancellation);

        List<(double Rate, int Epochs, int Hits)> tried = [];
        foreach (double rate in settings.Rates)
        {
            using var classifier = new AdaptedClassifier(model, block + 1, fit, settings, cancellation);
            IReadOnlyList<int> hits = Run(fit, string.Create(CultureInfo.InvariantCulture, $"validation-{rate}"), rate, settings.Epochs, classifier,
                () => classifier.Evaluate(held, cancellation).Correct);
            tried.AddRange(hits.Select((each, epoch) => (rate, epoch + 1, each)));
        }

        (double best, int epochs, int right) = tried.MaxBy(each => each.Hits);
        using var final = new AdaptedClassifier(model, block + 1, train, settings, cancellation);
        Run(train, "all", best, epochs, final, null);
        return new ClassificationResult(
            $"states of {Path.GetFileName(model.Path)} with an adapter",
            string.Create(CultureInfo.InvariantCulture, $"blocks 0 to {block}, rank {settings.Rank}, rate {best}, {epochs} epochs"),
            "on the validation topics", (double)right / held.Length, final.Evaluate(test, cancellation)) { Block = block };
    }

    private static string Key(IReadOnlyList<Opinion> rows, LanguageModel model, int block, double rate, AdapterSettings settings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{new OpinionSet(rows).Hash} {model.WeightsHash} {model.Quantization} {block} {rate} {settings with { Rates = [], SaveEvery = 0 }}"))));
}
