namespace Temperament.Measures.Judges;

/// <summary>How a trait classifier is trained.</summary>
/// <param name="MinimumDocuments">A word or pair of words is a feature if at least so many texts hold it.</param>
/// <param name="Penalty">Half of this times the sum of squared weights is added to the mean loss; biases are free.</param>
/// <param name="MaximumIterations">Most iterations of the optimiser.</param>
public sealed record TraitClassifierOptions(int MinimumDocuments = 2, double Penalty = 1e-3, int MaximumIterations = 60);
