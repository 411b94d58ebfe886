using Temperament.Measures.Judges;
using Temperament.Measures.Metrics;
using Temperament.Models;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>What a model answered to a set of questions, and what that measures; a study of one cell, without a study file.</summary>
/// <param name="Samples">The answers.</param>
/// <param name="Metrics">The metrics, in the order of the catalogue.</param>
/// <param name="Classifier">How well the classifier does on held-out topics; null where it was not needed.</param>
public sealed record AnswerSurvey(IReadOnlyList<SampleRecord> Samples, IReadOnlyList<MetricValue> Metrics, ClassifierEvaluation? Classifier)
{
    // The seed of the bootstrap; intervals of one set of answers are always the same.
    private const long IntervalSeed = 1;

    /// <summary>Asks and measures.</summary>
    /// <param name="model">The model, with whatever adapter is on.</param>
    /// <param name="materials">Questions, and opinions for the classifier.</param>
    /// <param name="target">The pole that answers are held against; null for none.</param>
    /// <param name="metrics">What is measured.</param>
    /// <param name="generation">How answers are drawn.</param>
    /// <param name="progress">Told the number of finished answers; null for nobody.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    public static AnswerSurvey Run(
        LanguageModel model, StudyMaterials materials, TraitTarget? target, IReadOnlyList<MetricDefinition> metrics, GenerationSpec generation,
        Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(materials);
        ArgumentNullException.ThrowIfNull(metrics);
        var subject = new StudySubject(new StudyModel { Name = model.Path, Model = model.Path }, model);
        List<SampleRecord> samples = subject.Ask(materials.Questions, Plain, generation, hooks: null, progress, cancellation);
        MetricInput input = new()
        {
            Answers = [.. samples.Select(s => s.Answer)],
            Topics = [.. samples.Select(s => s.Topic)],
            Stopped = [.. samples.Select(s => s.Stopped)],
            Masses = [.. samples.Select(s => new EmojiMass(s.LogMasses))],
        };
        if (target is { } aimed)
        {
            input = input with
            {
                Predictions = [.. input.Answers.Select(materials.Classifier.Predict)],
                Labels = materials.Classifier.Labels,
                Target = aimed.Name,
            };
        }

        return new AnswerSurvey(samples, [.. metrics.Select(m => m.Compute(input, IntervalSeed))], target is null ? null : materials.ClassifierHeldOut);
    }

    /// <summary>Writes the answers, one JSON object a line.</summary>
    /// <param name="path">File.</param>
    public void SaveSamples(string path) => JsonLines.Write(path, Samples, (sample, json) => sample.Write(json));

    internal static IReadOnlyList<ChatMessage> Plain(OpinionQuestion question) => [new ChatMessage("user", question.Text)];
}
