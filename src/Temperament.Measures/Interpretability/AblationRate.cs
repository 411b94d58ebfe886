using Temperament.Measures.Emoji;
using Temperament.Measures.Judges;
using Temperament.Measures.Metrics;
using Temperament.Measures.Statistics;

namespace Temperament.Measures.Interpretability;

/// <summary>What the answers of a model with some neurons silenced show.</summary>
/// <param name="HasEmoji">Whether each answer has an emoji, in the order of the questions.</param>
/// <param name="Alignment">Share of answers with the target's label; missing without a classifier.</param>
public sealed record AblationRate(IReadOnlyList<bool> HasEmoji, Measured<Interval> Alignment)
{
    /// <summary>Share of answers with an emoji and its 95 % Wilson interval.</summary>
    public Measured<Interval> EmojiRate => ProportionInterval.Wilson(HasEmoji.Count(has => has), HasEmoji.Count);

    /// <summary>Looks at answers.</summary>
    /// <param name="answers">The answers.</param>
    /// <param name="classifier">Who judges the trait; null for nobody.</param>
    /// <param name="target">The label aimed at; null with no classifier.</param>
    public static AblationRate Of(IReadOnlyList<string> answers, TraitClassifier? classifier, string? target)
    {
        ArgumentNullException.ThrowIfNull(answers);
        return new AblationRate(
            [.. answers.Select(EmojiScanner.Contains)],
            classifier is null || target is null ? new Missing("no classifier") : TraitAlignment.Of(classifier, target, answers).Share);
    }
}
