using Temperament.Measures.Emoji;
using Temperament.Measures.Statistics;

namespace Temperament.Measures.Metrics;

/// <summary>The metrics of sets of answers, as a table.</summary>
public static class MetricCatalog
{
    private const string Paper = "arXiv 2409.10245";
    private const string Ours = "Temperament";

    /// <summary>All metrics, in the order of tables.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new("emoji-rate", "Answers with an emoji", "share", "Share of answers with at least one emoji.", Paper, true,
            OfText(answer => [EmojiScanner.Contains(answer) ? 1 : 0])),
        new("emoji-per-answer", "Emoji per answer", "emoji", "Mean number of emoji per answer.", Ours, false,
            OfText(answer => [EmojiScanner.Count(answer)])),
        new("emoji-sentence-share", "Sentences with an emoji", "share",
            "Emoji-to-sentence ratio, first reading: share of sentences with an emoji.", Paper, false,
            OfText(answer => [.. SentenceSplitter.Split(answer).Select(sentence => sentence.Emoji > 0 ? 1.0 : 0)])),
        new("emoji-per-sentence", "Emoji per sentence", "emoji", "Emoji-to-sentence ratio, second reading: emoji per sentence.", Paper, false,
            OfText(answer => [.. SentenceSplitter.Split(answer).Select(sentence => (double)sentence.Emoji)])),
        new("emoji-flood-share", "Floods", "share", "Share of answers with more than five emoji.", Ours, true,
            OfText(answer => [EmojiScanner.Count(answer) > EmojiSummary.FloodLimit ? 1 : 0])),
        new("expected-emoji-share", "Expected share with an emoji", "share",
            "Mean probability of an emoji along the sampled answer, 1 - prod (1 - m_j) at temperature 1.", Ours, false,
            OfMasses(mass => mass.ExpectedShare)),
        new("emoji-log-mass", "Emoji log-mass", "nats", "Mean of ln m_j per answer, m_j being the probability that an emoji begins.", Ours, false,
            OfMasses(mass => mass.MeanLog)),
        new("trait-alignment", "Trait alignment", "share", "Share of answers that the classifier, blind to emoji, gives the target's label.",
            Paper, true, OfTarget((input, i, _) => input.Predictions![i].Label == input.Target ? 1 : 0)),
        new("trait-probability", "Probability of the trait", "probability", "Mean probability that the classifier gives the target.", Ours, false,
            OfTarget((input, i, place) => input.Predictions![i].Probabilities[place])),
        new("coherent-share", "Coherent answers", "share", "Share of answers with an n-gram entropy of at least 3.5 bits.",
            "arXiv 2310.02168", true, OfText(answer => Row(NgramEntropy.Of(answer).Select(bits => bits >= NgramEntropy.CoherentFrom ? 1.0 : 0)))),
        new("ngram-entropy", "N-gram entropy", "bits", "Mean of 2/3 H2 and 4/3 H3 of the answer's bigrams and trigrams.", "arXiv 2310.02168", false,
            OfText(answer => Row(NgramEntropy.Of(answer)))),
        new("topic-named", "Names the topic", "share", "Share of answers that name the topic asked for.", Ours, true, TopicRows),
        new("stopped-share", "Ended by itself", "share", "Share of answers that the model ended before the token limit.", Ours, true, StoppedRows),
        new("words-per-answer", "Words per answer", "words", "Mean number of words.", Ours, false,
            OfText(answer => [NgramEntropy.Words(answer).Count(word => char.IsLetterOrDigit(word[0]))])),
    ];

    /// <summary>The metric of an id, or null.</summary>
    /// <param name="id">As in "emoji-rate".</param>
    public static MetricDefinition? Find(string id) => All.FirstOrDefault(metric => metric.Id == id);

    private static Func<MetricInput, Measured<IReadOnlyList<IReadOnlyList<double>>>> OfText(Func<string, IReadOnlyList<double>> rows) =>
        input => Rows(input.Answers.Select(rows));

    private static Func<MetricInput, Measured<IReadOnlyList<IReadOnlyList<double>>>> OfMasses(Func<EmojiMass, Measured<double>> value) =>
        input => input.Masses is { } masses
            ? Rows(masses.Select(mass => Row(value(mass))))
            : new Missing("no emoji probabilities were recorded");

    private static Func<MetricInput, Measured<IReadOnlyList<IReadOnlyList<double>>>> OfTarget(Func<MetricInput, int, int, double> value) =>
        input =>
        {
            if (input.Predictions is null || input.Labels is not { } labels)
            {
                return new Missing("no classifier");
            }

            if (input.Target is not { } target)
            {
                return new Missing("no target");
            }

            int place = labels.ToList().IndexOf(target);
            return place < 0
                ? new Missing($"the classifier does not know {target}")
                : Rows(Enumerable.Range(0, input.Predictions.Count).Select(i => (IReadOnlyList<double>)[value(input, i, place)]));
        };

    private static Measured<IReadOnlyList<IReadOnlyList<double>>> TopicRows(MetricInput input) => input.Topics is { } topics
        ? Rows(input.Answers.Select((answer, i) => (IReadOnlyList<double>)[TopicNaming.Names(answer, topics[i]) ? 1 : 0]))
        : new Missing("no topics");

    private static Measured<IReadOnlyList<IReadOnlyList<double>>> StoppedRows(MetricInput input) => input.Stopped is { } stopped
        ? Rows(stopped.Select(itself => (IReadOnlyList<double>)[itself ? 1 : 0]))
        : new Missing("not recorded");

    private static Measured<IReadOnlyList<IReadOnlyList<double>>> Rows(IEnumerable<IReadOnlyList<double>> rows) =>
        Measured.Of<IReadOnlyList<IReadOnlyList<double>>>([.. rows]);

    private static IReadOnlyList<double> Row(Measured<double> value) => value.TryGet(out double number) ? [number] : [];
}
