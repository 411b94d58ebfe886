using System.Text.Json.Serialization;
using Temperament.Measures.Statistics;

namespace Temperament.Studies.Reports;

/// <summary>
/// A number that was measured, with its 95 % interval where it has one, or the reason why it is missing.
/// What was not measured is never zero: a report prints it as "missing (reason)".
/// </summary>
public sealed record Estimate
{
    /// <summary>Makes an estimate from its parts; prefer <see cref="Of"/>, <see cref="OfCount(int, int)"/> and <see cref="Missing"/>.</summary>
    /// <param name="value">The value; shares and probabilities are between 0 and 1. Null if missing.</param>
    /// <param name="low">The lower end of the 95 % interval, in the unit of the value; null if there is none.</param>
    /// <param name="high">The upper end of the 95 % interval, in the unit of the value; null if there is none.</param>
    /// <param name="count">How many of <paramref name="total"/> the value counts; null if it is not a count.</param>
    /// <param name="total">Out of how many; null if the value is not a count.</param>
    /// <param name="missingReason">Why there is no value; null if there is one.</param>
    /// <exception cref="ArgumentException">Value and reason are both given or both absent, or a number is not finite.</exception>
    [JsonConstructor]
    public Estimate(double? value, double? low, double? high, int? count, int? total, string? missingReason)
    {
        if (value is null == string.IsNullOrWhiteSpace(missingReason))
        {
            throw new ArgumentException("An estimate has either a value or the reason why it is missing; use Estimate.Missing.");
        }

        if (!IsFiniteOrAbsent(value) || !IsFiniteOrAbsent(low) || !IsFiniteOrAbsent(high))
        {
            throw new ArgumentException($"Read {value} [{low}, {high}], expected finite numbers; what has no score is Estimate.Missing.");
        }

        Value = value;
        Low = low;
        High = high;
        Count = count;
        Total = total;
        MissingReason = missingReason;
    }

    /// <summary>The value, or null if it is missing.</summary>
    public double? Value { get; }

    /// <summary>The lower end of the 95 % interval, or null.</summary>
    public double? Low { get; }

    /// <summary>The upper end of the 95 % interval, or null.</summary>
    public double? High { get; }

    /// <summary>How many of <see cref="Total"/>, or null if the value is not a count.</summary>
    public int? Count { get; }

    /// <summary>Out of how many, or null if the value is not a count.</summary>
    public int? Total { get; }

    /// <summary>Why there is no value, or null if there is one.</summary>
    public string? MissingReason { get; }

    /// <summary>Whether there is a value.</summary>
    [JsonIgnore]
    public bool HasValue => Value is not null;

    /// <summary>A value with an optional 95 % interval.</summary>
    /// <param name="value">The value; shares and probabilities are between 0 and 1.</param>
    /// <param name="low">The lower end of the interval, or null.</param>
    /// <param name="high">The upper end of the interval, or null.</param>
    public static Estimate Of(double value, double? low = null, double? high = null) => new(value, low, high, null, null, null);

    /// <summary>The share count / total with its interval; missing if the total is 0.</summary>
    /// <param name="count">How many.</param>
    /// <param name="total">Out of how many.</param>
    /// <param name="low">The lower end of the interval of the share, between 0 and 1, or null.</param>
    /// <param name="high">The upper end of the interval of the share, between 0 and 1, or null.</param>
    public static Estimate OfCount(int count, int total, double? low, double? high) =>
        total == 0 ? Missing("no answers") : new(count / (double)total, low, high, count, total, null);

    /// <summary>The share count / total with its 95 % Wilson interval; missing if the total is 0.</summary>
    /// <param name="count">How many.</param>
    /// <param name="total">Out of how many.</param>
    public static Estimate OfCount(int count, int total)
    {
        if (total == 0)
        {
            return Missing("no answers");
        }

        Measured<Interval> wilson = ProportionInterval.Wilson(count, total);
        return wilson.TryGet(out Interval interval)
            ? new(count / (double)total, interval.Low, interval.High, count, total, null)
            : Missing(wilson.Reason!);
    }

    /// <summary>A measured value with its interval, or the reason why there is none.</summary>
    /// <param name="measured">The interval around an estimate.</param>
    public static Estimate From(Measured<Interval> measured) => measured.TryGet(out Interval interval)
        ? Of(interval.Estimate, interval.Low, interval.High)
        : Missing(measured.Reason!);

    /// <summary>A measured value without an interval, or the reason why there is none.</summary>
    /// <param name="measured">The value.</param>
    public static Estimate From(Measured<double> measured) => measured.TryGet(out double value) ? Of(value) : Missing(measured.Reason!);

    /// <summary>No value, and why.</summary>
    /// <param name="reason">The reason in a few words, printed in the report.</param>
    public static Estimate Missing(string reason) => new(null, null, null, null, null, reason);

    private static bool IsFiniteOrAbsent(double? number) => number is null || double.IsFinite(number.Value);
}
