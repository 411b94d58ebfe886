namespace Temperament.Measures.Interpretability;

/// <summary>One neuron in a ranking.</summary>
/// <param name="Neuron">The neuron.</param>
/// <param name="Before">Mean activation with the adapter off.</param>
/// <param name="After">Mean activation with the adapter on.</param>
/// <param name="Write">How much it writes toward the tokens of interest (<see cref="LogitLens"/>).</param>
/// <param name="Score">(After - Before) * Write: how much more it pushes toward them.</param>
public readonly record struct NeuronScore(Neuron Neuron, double Before, double After, double Write, double Score);
