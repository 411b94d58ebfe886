using System.Globalization;

namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>The normalised squared error of a result in float32: the sum of (got - defined)^2 over the sum of defined^2.</summary>
internal struct Deviation
{
    private double _error;
    private double _size;

    /// <summary>Adds one number.</summary>
    public void Add(double got, double defined)
    {
        _error += (got - defined) * (got - defined);
        _size += defined * defined;
    }

    /// <summary>Null where the error is at most <paramref name="limit"/>, else a sentence.</summary>
    public readonly string? Beyond(double limit, string name)
    {
        double error = _error / _size;
        return error <= limit ? null : string.Create(
            CultureInfo.InvariantCulture, $"{name}: normalised squared error {error:E1} against the definition in float64; at most {limit:E0} was expected");
    }
}
