using System.Globalization;

namespace Temperament.Studies.Reports;

/// <summary>How a report writes numbers: two significant digits, invariant culture, and "missing (reason)" for what was not measured.</summary>
internal static class ReportNumbers
{
    /// <summary>The space inside an interval, at which no line breaks.</summary>
    public const char Space = '\u00a0';

    private const double SmallestPrintedP = 0.0001;

    /// <summary>A share as a percentage without its sign: 0.62 is "62", 0.0037 is "0.37". Only 1 is "100" and only 0 is "0".</summary>
    public static string Percent(double share)
    {
        double percent = Math.Abs(share) * 100;
        string digits = percent switch
        {
            0 => "0",
            100 => "100",
            > 99 and < 100 => (Math.Floor(percent * 10) / 10).ToString("0.0", CultureInfo.InvariantCulture),
            _ => SignificantDigits(percent),
        };
        return share < 0 && digits != "0" ? "−" + digits : digits;
    }

    /// <summary>"62% [52, 71]", "62%" without an interval, or "missing (reason)".</summary>
    public static string Share(Estimate estimate) => estimate.Value is not { } value
        ? Missing(estimate)
        : Percent(value) + "%" + PercentInterval(estimate);

    /// <summary>" [52, 71]" in percent, or nothing.</summary>
    public static string PercentInterval(Estimate estimate) =>
        estimate is { Low: { } low, High: { } high } ? $"{Space}[{Percent(low)},{Space}{Percent(high)}]" : "";

    /// <summary>"62 of 100", a percentage where there is no count, or "missing (reason)".</summary>
    public static string Count(Estimate estimate) => estimate switch
    {
        { Value: null } => Missing(estimate),
        { Count: { } count, Total: { } total } => $"{Whole(count)} of {Whole(total)}",
        _ => Percent(estimate.Value!.Value) + "%",
    };

    /// <summary>"62, 60 and 58 of 100" where all have the same total, else each by <see cref="Count"/>.</summary>
    public static string Counts(IReadOnlyList<Estimate> estimates) =>
        estimates.Count > 1 && estimates[0].Total is { } total && estimates.All(estimate => estimate.Count is not null && estimate.Total == total)
            ? $"{RowNames.List([.. estimates.Select(estimate => Whole(estimate.Count!.Value))])} of {Whole(total)}"
            : RowNames.List([.. estimates.Select(Count)]);

    /// <summary>"62 of 100 answers (62% [52, 71])", "62% [52, 71] of the answers" without a count, or "missing (reason)".</summary>
    public static string Answers(Estimate estimate) => estimate switch
    {
        { Value: null } => Missing(estimate),
        { Count: not null, Total: not null } => $"{Count(estimate)} answers ({Share(estimate)})",
        _ => Share(estimate) + " of the answers",
    };

    /// <summary>"62 of 100, 62% [52, 71]", the share alone, or "missing (reason)".</summary>
    public static string CountAndShare(Estimate estimate) =>
        estimate is { Count: not null, Total: not null } ? $"{Count(estimate)}, {Share(estimate)}" : Share(estimate);

    /// <summary>A difference of shares in points with its sign: "+62 points [52, 71]".</summary>
    public static string Points(Estimate estimate) => estimate.Value is not { } value
        ? Missing(estimate)
        : (value > 0 ? "+" : "") + Percent(value) + " points" + PercentInterval(estimate);

    /// <summary>A number with the given decimals and its interval, or "missing (reason)".</summary>
    public static string Decimal(Estimate estimate, int decimals)
    {
        if (estimate.Value is not { } value)
        {
            return Missing(estimate);
        }

        string interval = estimate is { Low: { } low, High: { } high }
            ? $"{Space}[{Decimal(low, decimals)},{Space}{Decimal(high, decimals)}]"
            : "";
        return Decimal(value, decimals) + interval;
    }

    /// <summary>A number with the given decimals and a true minus sign.</summary>
    public static string Decimal(double value, int decimals)
    {
        string digits = Math.Abs(value).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return value < 0 && digits.AsSpan().ContainsAnyInRange('1', '9') ? "−" + digits : digits;
    }

    /// <summary>A whole number with a comma every three digits.</summary>
    public static string Whole(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>"p = 0.004", "p &lt; 0.0001", or "p missing (reason)".</summary>
    public static string PStatement(Estimate p) => p.Value switch
    {
        null => "p " + Missing(p),
        < SmallestPrintedP => "p < 0.0001",
        { } value => "p = " + PDigits(value),
    };

    /// <summary>"0.004", "&lt; 0.0001", or "missing (reason)".</summary>
    public static string P(Estimate p) => p.Value switch
    {
        null => Missing(p),
        < SmallestPrintedP => "< 0.0001",
        { } value => PDigits(value),
    };

    /// <summary>"missing (reason)".</summary>
    public static string Missing(Estimate estimate) => $"missing ({estimate.MissingReason})";

    /// <summary>A positive number with two significant digits and no exponent.</summary>
    public static string SignificantDigits(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        string rounded = value.ToString("E1", CultureInfo.InvariantCulture);
        int exponent = int.Parse(rounded.AsSpan(rounded.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return Decimal(value, Math.Clamp(1 - exponent, 0, 9));
    }

    private static string PDigits(double p) => p >= 0.9995 ? "1" : p >= 0.1 ? Decimal(p, 2) : p >= 0.001 ? Decimal(p, 3) : Decimal(p, 4);
}
