using Temperament.Tensors.Diagnostics;

namespace Temperament.Tests.Tensors.Diagnostics;

/// <summary>Made-up results of kernels.</summary>
internal static class Shares
{
    public static KernelCase Case(LimitKind limit = LimitKind.MultiplyAdd, double must = 0, double reach = 0, double work = 1e6, Func<KernelTrial>? prepare = null) =>
        new("kernel", "shape", limit, work, prepare ?? (() => new KernelTrial(() => { }))) { Mark = new KernelMark(must, reach) };

    public static KernelShare Of(double share, double must = 0, double reach = 0, long allocated = 0, string? fault = null) =>
        new(Case(must: must, reach: reach), share * 100, 100, share, share, share, allocated, fault);
}
