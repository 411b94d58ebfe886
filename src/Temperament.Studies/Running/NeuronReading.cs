using Temperament.Measures.Emoji;
using Temperament.Measures.Interpretability;
using Temperament.Measures.Metrics;
using Temperament.Models;
using Temperament.Models.Hooks;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>
/// The neurons that push towards emojis when an adapter is on, and what is left of the emojis when the first of them, or as many random
/// ones of the same blocks, are silenced.
/// </summary>
/// <param name="Before">Answers with the adapter off.</param>
/// <param name="After">Answers with the adapter on.</param>
/// <param name="Comparison">The neurons, adapter off and on.</param>
/// <param name="Steps">Ablation of the highest neurons of the ranking over own text; empty where it was not asked for.</param>
public sealed record NeuronReading(
    AblationRate Before, AblationRate After, NeuronComparison Comparison, IReadOnlyList<AblationStep> Steps)
{
    /// <summary>Reads the neurons of a model that wears an adapter.</summary>
    /// <param name="model">The model with its adapter on.</param>
    /// <param name="materials">The questions.</param>
    /// <param name="spec">Numbers of neurons that are silenced, draws of random ones, and the seed of the answers.</param>
    /// <param name="generation">How answers are drawn.</param>
    /// <param name="progress">Told how many of how many rounds of answers are done; null for nobody.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    public static NeuronReading Run(
        LanguageModel model, StudyMaterials materials, NeuronSpec spec, GenerationSpec generation, Action<int, int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(materials);
        ArgumentNullException.ThrowIfNull(spec);
        var subject = new StudySubject(new StudyModel { Name = model.Path, Model = model.Path }, model);
        int rounds = 2 + (spec.Counts.Count * (1 + spec.RandomDraws)), done = 0;
        List<SampleRecord> Ask(HookSet? hooks)
        {
            List<SampleRecord> samples = subject.Ask(
                materials.Questions, AnswerSurvey.Plain, generation with { Seed = spec.Seed }, hooks, progress: null, cancellation);
            progress?.Invoke(++done, rounds);
            return samples;
        }

        List<SampleRecord> off;
        using (AdapterSwitch.Off(subject.Network))
        {
            off = Ask(null);
        }

        List<SampleRecord> on = Ask(null);
        NeuronComparison comparison = NeuronComparison.Of(
            subject.Network, Tokens(subject, off), Tokens(subject, on), subject.EmojiTokens.Ids, subject.SentenceEnds);
        IReadOnlyList<AblationStep> steps = spec.Counts.Count > 0 && comparison.OwnText.TryGet(out IReadOnlyList<NeuronScore>? scores)
            ? AblationExperiment.Run(scores, spec.Counts, spec.RandomDraws, spec.Seed, hooks => Texts(Ask(hooks)), answers => AblationRate.Of(answers, null, null))
            : [];
        return new NeuronReading(AblationRate.Of(Texts(off), null, null), AblationRate.Of(Texts(on), null, null), comparison, steps);
    }

    private static string[] Texts(List<SampleRecord> samples) => [.. samples.Select(s => s.Answer)];

    // Emojis are taken out, so that what is compared is the state before an emoji and not the echo of one.
    private static AnswerTokens[] Tokens(StudySubject subject, List<SampleRecord> samples) =>
        [.. samples.Select(s => subject.Given(s.Question, EmojiScanner.Remove(s.Answer).Trim())).Where(a => a.Answer.Length > 0)];
}
