using Temperament.Measures.Statistics;

namespace Temperament.Measures.Metrics;

/// <summary>A metric of a set of answers.</summary>
/// <param name="Metric">Id of the metric.</param>
/// <param name="Value">Value with its 95 % interval, or why there is none.</param>
/// <param name="Answers">Number of answers.</param>
/// <param name="Missing">Number of answers that could not be scored; they are not in the value.</param>
public sealed record MetricValue(string Metric, Measured<Interval> Value, int Answers, int Missing);
