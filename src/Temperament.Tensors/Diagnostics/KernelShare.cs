namespace Temperament.Tensors.Diagnostics;

/// <summary>How a kernel did against what is asked of it.</summary>
public enum KernelVerdict
{
    /// <summary>Nothing is asked.</summary>
    None,

    /// <summary>The share to reach for was reached.</summary>
    Reached,

    /// <summary>The share that must be reached was reached.</summary>
    Pass,

    /// <summary>The share that must be reached was not reached.</summary>
    Miss,

    /// <summary>The kernel allocated on the managed heap.</summary>
    Allocates,

    /// <summary>The result is not what the definition gives.</summary>
    Wrong,
}

/// <summary>What a kernel reached.</summary>
/// <param name="Case">The kernel and its shape.</param>
/// <param name="Achieved">10^9 operations or bytes a second, or microseconds; the median round.</param>
/// <param name="LimitFigure">The limit in the same unit, the median round.</param>
/// <param name="Share">Achieved divided by the limit of the same round, the median round; 1 is all of it.</param>
/// <param name="Lowest">The lowest share of a round.</param>
/// <param name="Highest">The highest share of a round.</param>
/// <param name="AllocatedBytes">Managed bytes that one call allocated.</param>
/// <param name="Fault">What is wrong with the result; null where it equals the definition.</param>
public sealed record KernelShare(
    KernelCase Case, double Achieved, double LimitFigure, double Share, double Lowest, double Highest, long AllocatedBytes, string? Fault)
{
    /// <summary>Unit of the figures.</summary>
    public string Unit => Case.Limit switch
    {
        LimitKind.Read or LimitKind.Copy => "GB/s",
        LimitKind.Time => "us",
        _ => "GFLOP/s",
    };

    /// <summary>The worst that can be said.</summary>
    public KernelVerdict Verdict =>
        Fault is not null ? KernelVerdict.Wrong
        : AllocatedBytes > 0 ? KernelVerdict.Allocates
        : Case.Mark.Must <= 0 ? KernelVerdict.None
        : Share < Case.Mark.Must ? KernelVerdict.Miss
        : Share < Case.Mark.Reach ? KernelVerdict.Pass
        : KernelVerdict.Reached;
}
