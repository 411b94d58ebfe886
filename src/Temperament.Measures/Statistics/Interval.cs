namespace Temperament.Measures.Statistics;

/// <summary>An estimate and its confidence interval.</summary>
/// <param name="Estimate">The estimate.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Level">Confidence level, as in 0.95.</param>
public readonly record struct Interval(double Estimate, double Low, double High, double Level);
