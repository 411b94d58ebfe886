namespace Temperament.Tensors.Diagnostics;

/// <summary>Which limit of the machine a kernel is held against.</summary>
public enum LimitKind
{
    /// <summary>Fused multiply-adds of all cores.</summary>
    MultiplyAdd,

    /// <summary>Reading memory with all cores.</summary>
    Read,

    /// <summary>Copying memory with all cores.</summary>
    Copy,
}

/// <summary>A kernel on one shape, ready to be run.</summary>
/// <param name="Kernel">Name of the kernel.</param>
/// <param name="Shape">The shape, as a person reads it.</param>
/// <param name="Limit">The limit that it is held against.</param>
/// <param name="Work">float32 operations, or bytes that must move, of one call.</param>
/// <param name="Run">One call.</param>
public sealed record KernelCase(string Kernel, string Shape, LimitKind Limit, double Work, Action Run);

/// <summary>What a kernel reached.</summary>
/// <param name="Kernel">Name of the kernel.</param>
/// <param name="Shape">The shape, as a person reads it.</param>
/// <param name="Limit">The limit that it is held against.</param>
/// <param name="Achieved">10^9 operations or bytes a second, the median round.</param>
/// <param name="LimitFigure">The limit in the same unit, the median round.</param>
/// <param name="Share">Achieved divided by the limit of the same round, the median round; 1 is all of it.</param>
public sealed record KernelShare(string Kernel, string Shape, LimitKind Limit, double Achieved, double LimitFigure, double Share)
{
    /// <summary>Unit of the figures.</summary>
    public string Unit => Limit == LimitKind.MultiplyAdd ? "GFLOP/s" : "GB/s";
}
