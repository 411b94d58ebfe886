namespace Temperament.Tensors.Diagnostics;

/// <summary>One line of advice for whoever reads the figures of a machine.</summary>
public static class MachineAdvice
{
    // Two cores that are free reach twice what one does, less a few percent for the clock.
    private const double LeastScaling = 0.8;
    private const double Unsteady = 0.25;

    /// <summary>What stands out: other work on the machine, missing vectors, unsteady figures, slow kernels; or that all is well.</summary>
    /// <param name="limits">Limits of the machine.</param>
    /// <param name="shares">What the kernels reached; may be empty.</param>
    public static string For(MachineLimits limits, IReadOnlyList<KernelShare> shares)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(shares);
        if (shares.FirstOrDefault(s => s.Fault is not null) is { } wrong)
        {
            return $"Do not use this machine: {wrong.Fault}. Run it again; if it stays, report it with the output of --json.";
        }

        double scaling = limits.MultiplyAddAllCores / limits.MultiplyAddOneCore;
        if (scaling < LeastScaling * limits.Threads)
        {
            return FormattableString.Invariant($"{limits.Threads} threads do {scaling:F1} times the work of one: other work is running, ")
                + "or these processors share a core. Stop the other work, or give fewer --threads.";
        }

        if (limits.Machine.VectorBits < 256)
        {
            return $"Only {limits.Machine.VectorBits}-bit vectors were found, so products take several times as long as on a processor with AVX2.";
        }

        int unsteady = shares.Count(s => s.Highest - s.Lowest > Unsteady * s.Share && s.Case.Limit != LimitKind.Time);
        if (unsteady * 3 > shares.Count)
        {
            return $"{unsteady} of {shares.Count} kernels moved by more than a quarter between rounds: the machine is shared or changes its clock. "
                + "The shares still hold, because limit and kernel take turns; for steady figures stop other work.";
        }

        return shares.Where(s => s.Verdict is KernelVerdict.Miss).MinBy(s => s.Share / s.Case.Mark.Must) is { } slow
            ? FormattableString.Invariant($"All results are right. The furthest behind is {slow.Case.Kernel}, {slow.Case.Shape}: {slow.Share:P0} of its limit where {slow.Case.Mark.Must:P0} is asked.")
            : "All is well.";
    }
}
