namespace Temperament.Tensors.Diagnostics;

/// <summary>Which limit of the machine a kernel is held against.</summary>
public enum LimitKind
{
    /// <summary>Fused multiply-adds of all cores.</summary>
    MultiplyAdd,

    /// <summary>Reading memory with all cores.</summary>
    Read,

    /// <summary>Copying memory with all cores, read and written bytes counted.</summary>
    Copy,

    /// <summary>Our own product of the same shape with float32 weights.</summary>
    DenseProduct,

    /// <summary>A time that must not be exceeded, in microseconds: a share above 1 is faster.</summary>
    Time,
}

/// <summary>A kernel on one shape. Nothing is allocated before it is prepared, so that a long table costs the memory of one row.</summary>
/// <param name="Kernel">Name of the kernel.</param>
/// <param name="Shape">The shape, as a person reads it; products are (M rows x N outputs x K inputs).</param>
/// <param name="Limit">The limit that it is held against.</param>
/// <param name="Work">float32 operations, or bytes that must move at least, of one call; for <see cref="LimitKind.Time"/> the microseconds allowed.</param>
/// <param name="Prepare">Makes operands and gives what can be timed.</param>
public sealed record KernelCase(string Kernel, string Shape, LimitKind Limit, double Work, Func<KernelTrial> Prepare)
{
    /// <summary>What is asked of the kernel.</summary>
    public KernelMark Mark { get; init; }
}

/// <summary>What is asked of a kernel, as shares of its limit; both 0 where nothing is asked.</summary>
/// <param name="Must">Share that must be reached.</param>
/// <param name="Reach">Share to reach for.</param>
public readonly record struct KernelMark(double Must, double Reach);
