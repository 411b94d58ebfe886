namespace Temperament.Measures.Judges;

/// <summary>What a classifier makes of one text.</summary>
/// <param name="Label">The most probable label; of equal ones the first.</param>
/// <param name="Probabilities">Probability of each label, in the order of the classifier's labels; they sum to 1.</param>
public sealed record TraitPrediction(string Label, IReadOnlyList<double> Probabilities);
