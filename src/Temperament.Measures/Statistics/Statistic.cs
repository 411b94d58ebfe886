namespace Temperament.Measures.Statistics;

/// <summary>A number that describes a sample, for the bootstrap.</summary>
/// <param name="values">At least one value.</param>
public delegate double Statistic(ReadOnlySpan<double> values);
