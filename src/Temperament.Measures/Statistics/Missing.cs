namespace Temperament.Measures.Statistics;

/// <summary>The result of a computation that has none, with the reason. It is never written as 0 or NaN.</summary>
/// <param name="Reason">Why there is no value, as in "no sentence".</param>
public readonly record struct Missing(string Reason);
