using System.Globalization;
using System.Text.Json;
using Temperament.Measures.Statistics;

namespace Temperament.ModelTests.Measures.Statistics;

/// <summary>Holds results against the `out` of a case: relative 1e-9, absolute 1e-12 where 0 is expected; missing and errors by kind.</summary>
internal sealed class Comparison(JsonElement expected)
{
    public List<string> Differences { get; } = [];

    public static double Double(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? double.Parse(element.GetString()!, CultureInfo.InvariantCulture)
        : element.GetDouble();

    public void Number(string name, double value) => Same(name, expected.GetProperty(name), value);

    public void Number(string name, Func<Measured<double>> compute)
    {
        if (Result(compute) is { HasValue: true } measured)
        {
            Same(name, expected.GetProperty(name), measured.Value);
        }
    }

    public void Interval(Func<Measured<Interval>> compute)
    {
        if (Result(compute) is not { HasValue: true } measured)
        {
            return;
        }

        Interval interval = measured.Value;
        SameEnd("low", interval.Low);
        SameEnd("high", interval.High);
        if (expected.TryGetProperty("estimate", out JsonElement estimate))
        {
            Same("estimate", estimate, interval.Estimate);
        }
    }

    public void Test(Measured<TestResult> result)
    {
        if (Result(() => result) is { HasValue: true } measured)
        {
            Same("statistic", expected.GetProperty("statistic"), measured.Value.Statistic);
            Same("p", expected.GetProperty("p"), measured.Value.P);
        }
    }

    public void Permutation(string estimate, Measured<PermutationResult> result)
    {
        if (Result(() => result) is not { HasValue: true } measured)
        {
            return;
        }

        PermutationResult value = measured.Value;
        Same("p_two", expected.GetProperty("p_two"), value.P);
        Optional(estimate, value.Estimate);
        Optional("p_greater", value.PGreater);
        Optional("p_less", value.PLess);
        if (!value.Exact)
        {
            Differences.Add("the test is not exact");
        }
    }

    public void Correlation(string name, Func<Measured<CorrelationResult>> compute)
    {
        if (Result(compute) is not { HasValue: true } measured)
        {
            return;
        }

        Same(name, expected.GetProperty(name), measured.Value.Estimate);
        JsonElement p = expected.GetProperty("p");
        if (p.ValueKind == JsonValueKind.Object)
        {
            if (measured.Value.P.HasValue)
            {
                Differences.Add("p should be missing");
            }
        }
        else
        {
            // p of the oracle comes from its r, whose last digit weighs 1e-16 / (1 - |r|): three points that almost form a line.
            Same("p", p, measured.Value.P.Value, Math.Max(1e-9, 1e-15 / Math.Max(1e-15, 1 - Math.Abs(measured.Value.Estimate))));
        }
    }

    public void Bootstrap(Measured<BootstrapDistribution> result)
    {
        BootstrapDistribution bootstrap = result.Value;
        Same("estimate", expected.GetProperty("estimate"), bootstrap.Estimate);
        Same("standard_error", expected.GetProperty("standard_error"), bootstrap.StandardError.Value);
        foreach (JsonElement one in expected.GetProperty("intervals").EnumerateArray())
        {
            double level = one.GetProperty("level").GetDouble();
            Interval percentile = bootstrap.Percentile(level);
            Same($"percentile low {level}", one.GetProperty("percentile")[0], percentile.Low);
            Same($"percentile high {level}", one.GetProperty("percentile")[1], percentile.High);
            Measured<Interval> corrected = bootstrap.BiasCorrected(level);
            JsonElement bca = one.GetProperty("bca");
            if (bca.ValueKind == JsonValueKind.String != !corrected.HasValue)
            {
                Differences.Add($"bca is {corrected}");
            }
            else if (corrected.HasValue)
            {
                Same($"bca low {level}", bca.GetProperty("low"), corrected.Value.Low);
                Same($"bca high {level}", bca.GetProperty("high"), corrected.Value.High);
            }
        }
    }

    public void Adjusted(Func<IReadOnlyList<Measured<double>>> compute)
    {
        if (Result<IReadOnlyList<Measured<double>>>(() => Measured.Of(compute())) is not { HasValue: true } measured)
        {
            return;
        }

        JsonElement list = expected.TryGetProperty("adjusted", out JsonElement adjusted) ? adjusted : expected.GetProperty("adjusted_without_missing");
        for (int i = 0; i < list.GetArrayLength(); i++)
        {
            if (list[i].ValueKind == JsonValueKind.Null)
            {
                if (measured.Value[i].HasValue)
                {
                    Differences.Add($"p {i} should be missing");
                }
            }
            else
            {
                Same($"p {i}", list[i], measured.Value[i].Value);
            }
        }
    }

    private Measured<T>? Result<T>(Func<Measured<T>> compute)
        where T : notnull
    {
        bool error = expected.TryGetProperty("error", out _), missing = expected.TryGetProperty("missing", out _);
        try
        {
            Measured<T> measured = compute();
            if (error || missing == measured.HasValue)
            {
                Differences.Add($"got {measured}");
                return null;
            }

            return measured;
        }
        catch (ArgumentException exception)
        {
            if (!error)
            {
                Differences.Add(exception.Message);
            }

            return null;
        }
    }

    /// <summary>Ends below 1e-15 are rounding of the oracle: 0 is the true end.</summary>
    private void SameEnd(string name, double value)
    {
        if (Math.Abs(Double(expected.GetProperty(name))) > 1e-15 || Math.Abs(value) > 1e-12)
        {
            Same(name, expected.GetProperty(name), value);
        }
    }

    private void Optional(string name, double value)
    {
        if (expected.TryGetProperty(name, out JsonElement element))
        {
            Same(name, element, value);
        }
    }

    private void Same(string name, JsonElement element, double value, double relative = 1e-9)
    {
        double wanted = Double(element);
        double bar = wanted == 0 ? 1e-12 : relative * Math.Abs(wanted);
        if (!(Math.Abs(value - wanted) <= bar) && value != wanted && Math.Abs(wanted) is not (> 0 and < 1e-290))
        {
            Differences.Add($"{name} is {value:R}, expected {wanted:R}");
        }
    }
}
