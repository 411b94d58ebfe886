namespace Temperament.Measures.Statistics;

/// <summary>Weighs arrangements against the observed sum; sums that differ by rounding alone count as equal.</summary>
internal struct PermutationTally(double observed, double scale)
{
    private readonly double _slack = 1e-9 * scale;
    private double _both;
    private double _greater;
    private double _less;
    private double _all;

    public void Add(double sum, double weight)
    {
        _all += weight;
        _both += Math.Abs(sum) >= Math.Abs(observed) - _slack ? weight : 0;
        _greater += sum >= observed - _slack ? weight : 0;
        _less += sum <= observed + _slack ? weight : 0;
    }

    public readonly PermutationResult Result(double estimate, bool exact) =>
        new(estimate, Math.Min(1, _both / _all), Math.Min(1, _greater / _all), Math.Min(1, _less / _all), exact);
}
