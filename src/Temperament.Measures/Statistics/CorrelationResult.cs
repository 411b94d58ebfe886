namespace Temperament.Measures.Statistics;

/// <summary>A correlation and its two-sided p-value.</summary>
/// <param name="Estimate">From -1 to 1.</param>
/// <param name="P">Two-sided p-value; missing for two points, through which a line always goes.</param>
public readonly record struct CorrelationResult(double Estimate, Measured<double> P);
