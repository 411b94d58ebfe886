namespace Temperament.Measures.Interpretability;

/// <summary>Answers with the k highest neurons silenced, beside those with k random ones of the same blocks.</summary>
/// <param name="Count">Number of neurons silenced, k.</param>
/// <param name="Neurons">The k highest.</param>
/// <param name="Top">What silencing them shows.</param>
/// <param name="Random">What silencing random ones shows, one entry per draw.</param>
public sealed record AblationStep(int Count, IReadOnlyList<Neuron> Neurons, AblationRate Top, IReadOnlyList<AblationRate> Random);
