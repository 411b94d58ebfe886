namespace Temperament.Measures.Statistics;

/// <summary>A test statistic and its two-sided p-value.</summary>
/// <param name="Statistic">The statistic.</param>
/// <param name="P">Two-sided p-value.</param>
public readonly record struct TestResult(double Statistic, double P);
