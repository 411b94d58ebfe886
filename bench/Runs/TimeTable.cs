using Temperament.Tensors.Diagnostics;

namespace Temperament.Benchmarks.Runs;

/// <summary>Where the time of a run went.</summary>
/// <param name="Kernel">Kernel, as a person calls it.</param>
/// <param name="Calls">Number of parallel jobs.</param>
/// <param name="Seconds">Seconds.</param>
/// <param name="Share">Share of the run's time.</param>
internal sealed record TimeRow(string Kernel, long Calls, double Seconds, double Share);

/// <summary>The time of a run by kernel; what no kernel took is the last row.</summary>
internal static class TimeTable
{
    public const string Elsewhere = "outside of kernels";

    /// <summary>Rows from a clock, the most time first.</summary>
    /// <param name="times">What the pool's clock counted.</param>
    /// <param name="seconds">Time of the run.</param>
    public static IReadOnlyList<TimeRow> Of(IReadOnlyList<KernelTime> times, double seconds)
    {
        TimeRow[] rows =
        [
            .. times.GroupBy(time => Name(time.Job))
                .Select(job => new TimeRow(job.Key, job.Sum(t => t.Calls), job.Sum(t => t.Seconds), job.Sum(t => t.Seconds) / seconds))
                .OrderByDescending(row => row.Seconds),
        ];
        double rest = Math.Max(0, seconds - rows.Sum(row => row.Seconds));
        return [.. rows, new TimeRow(Elsewhere, 0, rest, rest / seconds)];
    }

    /// <summary>Prints the rows that took at least a thousandth of the time, and the others as one.</summary>
    public static void Print(IReadOnlyList<TimeRow> rows)
    {
        Console.WriteLine($"{"kernel",-28} {"calls",10} {"seconds",9} {"share",8}");
        foreach (TimeRow row in rows.Where(r => r.Share >= 0.001 || r.Kernel == Elsewhere))
        {
            Print(row);
        }

        TimeRow[] small = [.. rows.Where(r => r.Share < 0.001 && r.Kernel != Elsewhere)];
        if (small.Length > 0)
        {
            Print(new TimeRow($"{small.Length} others", small.Sum(r => r.Calls), small.Sum(r => r.Seconds), small.Sum(r => r.Share)));
        }
    }

    private static void Print(TimeRow row) => Console.WriteLine(FormattableString.Invariant(
        $"{row.Kernel,-28} {(row.Calls > 0 ? row.Calls.ToString("N0", System.Globalization.CultureInfo.InvariantCulture) : ""),10} {row.Seconds,9:F3} {100 * row.Share,6:F1} %"));

    // A job is named by its type; the products have several, of which a reader wants to know the kind.
    private static string Name(string job) => job switch
    {
        "MatMulTask" => "products, many rows",
        "MatMulRows" => "products, packing of rows",
        "MatMulNarrow" or "MatMulInputs" or "MatMulInputRows" => "products, few rows",
        "MatMulDirect" or "MatMulOutputs" => "products, small",
        _ when job.StartsWith("MatMulNf4", StringComparison.Ordinal) => "products, few rows, nf4",
        "AttentionForward" => "attention",
        "AttentionBackward" => "attention backward",
        _ when job.EndsWith(".Job", StringComparison.Ordinal) => job[..^4],
        _ when job.EndsWith("Job", StringComparison.Ordinal) => job[..^3],
        _ => job,
    };
}
