using Temperament.Measures.Judges;

namespace Temperament.Measures.Metrics;

/// <summary>Everything that the metrics of a set of answers may look at. What is absent makes its metrics missing, with the reason.</summary>
public sealed record MetricInput
{
    /// <summary>The answers, one per question.</summary>
    public required IReadOnlyList<string> Answers { get; init; }

    /// <summary>Topic of each question; null where questions have none.</summary>
    public IReadOnlyList<string>? Topics { get; init; }

    /// <summary>Whether the model ended each answer itself; null where that is not known.</summary>
    public IReadOnlyList<bool>? Stopped { get; init; }

    /// <summary>Emoji probabilities along each answer; null where they were not recorded.</summary>
    public IReadOnlyList<EmojiMass>? Masses { get; init; }

    /// <summary>What the classifier made of each answer; null without a classifier.</summary>
    public IReadOnlyList<TraitPrediction>? Predictions { get; init; }

    /// <summary>Labels of the classifier, in the order of the probabilities; null without a classifier.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The label aimed at; null where nothing is aimed at.</summary>
    public string? Target { get; init; }
}
