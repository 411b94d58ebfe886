using Temperament.Tensors.Diagnostics;

namespace Temperament.Benchmarks.Reports;

/// <summary>One row of the table of kernels, as it is printed and as it is kept.</summary>
/// <param name="Kernel">Name of the kernel.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Unit">Unit of the figures.</param>
/// <param name="Reached">What the kernel reached, the median round.</param>
/// <param name="Limit">What it is held against, the median round.</param>
/// <param name="LimitKind">Which limit that is.</param>
/// <param name="Share">Reached over limit of the same round, the median.</param>
/// <param name="Lowest">The lowest share of a round.</param>
/// <param name="Highest">The highest share of a round.</param>
/// <param name="Must">Share that must be reached; 0 where nothing is asked.</param>
/// <param name="Reach">Share to reach for.</param>
/// <param name="AllocatedBytes">Managed bytes that a call allocated.</param>
/// <param name="Verdict">The worst that can be said.</param>
/// <param name="Fault">What is wrong with the result; null where it equals the definition.</param>
internal sealed record KernelRow(
    string Kernel, string Shape, string Unit, double Reached, double Limit, LimitKind LimitKind, double Share, double Lowest, double Highest,
    double Must, double Reach, long AllocatedBytes, KernelVerdict Verdict, string? Fault)
{
    public static string Header =>
        $"{"kernel",-20} {"shape",-24} {"reached",8} {"limit",8} {"unit",-7}  {"of",-13} {"share",7} {"(rounds)",-15} {"must",6} {"for",6} {"bytes",5}  mark";

    /// <summary>The row as a line of the table; a fault follows on a second line.</summary>
    public string Line
    {
        get
        {
            string rounds = FormattableString.Invariant($"({100 * Lowest:F1}-{100 * Highest:F1})");
            string line = FormattableString.Invariant(
                $"{Kernel,-20} {Shape,-24} {Reached,8:F1} {Limit,8:F1} {Unit,-7}  {Name(LimitKind),-13} {100 * Share,5:F1} % {rounds,-15} {100 * Must,4:F0} % {100 * Reach,4:F0} % {AllocatedBytes,5}  {Name(Verdict)}");
            return Fault is null ? line : $"{line}\n    {Fault}";
        }
    }

    public static KernelRow Of(KernelShare share) => new(
        share.Case.Kernel, share.Case.Shape, share.Unit, Rounded(share.Achieved), Rounded(share.LimitFigure), share.Case.Limit,
        Rounded(share.Share), Rounded(share.Lowest), Rounded(share.Highest), Rounded(share.Case.Mark.Must), Rounded(share.Case.Mark.Reach),
        share.AllocatedBytes, share.Verdict, share.Fault);

    /// <summary>How many rows did how, and which must do better.</summary>
    public static string Summary(IReadOnlyCollection<KernelRow> rows)
    {
        int Count(KernelVerdict verdict) => rows.Count(row => row.Verdict == verdict);
        return $"{rows.Count} rows: {Count(KernelVerdict.Reached)} reach the second mark, {Count(KernelVerdict.Pass)} pass, {Count(KernelVerdict.Miss)} miss, "
            + $"{Count(KernelVerdict.Allocates)} allocate, {Count(KernelVerdict.Wrong)} are wrong";
    }

    private static string Name(LimitKind kind) => kind switch
    {
        LimitKind.MultiplyAdd => "multiply-adds",
        LimitKind.Read => "reading",
        LimitKind.Copy => "copying",
        LimitKind.DenseProduct => "our fp32",
        _ => "time allowed",
    };

    private static string Name(KernelVerdict verdict) => verdict switch
    {
        KernelVerdict.Reached => "PASS+",
        KernelVerdict.Pass => "PASS",
        KernelVerdict.Miss => "miss",
        KernelVerdict.Allocates => "ALLOCATES",
        KernelVerdict.Wrong => "WRONG",
        _ => "",
    };

    private static double Rounded(double value) => Math.Round(value, 4);
}
