namespace Temperament.Tensors.Diagnostics;

/// <summary>A prepared kernel: operands are there, and calls can be timed.</summary>
/// <param name="run">One call.</param>
public sealed class KernelTrial(Action run) : IDisposable
{
    /// <summary>One call.</summary>
    public Action Run { get; } = run;

    /// <summary>Compares the result of the first call with the plain definition: null where it is right, else a sentence that says what is not.</summary>
    public Func<string?> Check { get; init; } = () => null;

    /// <summary>For <see cref="LimitKind.DenseProduct"/>: one call of the product that the kernel is held against.</summary>
    public Action? Yardstick { get; init; }

    /// <summary>For <see cref="LimitKind.Time"/>: one measurement, in microseconds.</summary>
    public Func<double>? Microseconds { get; init; }

    /// <summary>Frees the operands; null where there are none.</summary>
    public IDisposable? Operands { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Operands?.Dispose();
}
