using Temperament.Tensors.Diagnostics;

namespace Temperament.Benchmarks.Kernels;

/// <summary>Prints what the machine can do at most.</summary>
internal static class LimitTable
{
    public static void Print(MachineLimits limits)
    {
        MachineDescription machine = limits.Machine;
        Console.WriteLine($"{machine.Processor}, {machine.PhysicalCores} cores, {machine.VectorBits}-bit vectors ({string.Join(", ", machine.InstructionSets)}), "
            + $"caches {string.Join(", ", machine.Caches.Select(c => $"L{c.Level} {c.Bytes >> 10} KiB"))}, {machine.Runtime}");
        Console.WriteLine(FormattableString.Invariant(
            $"fused multiply-add  {limits.MultiplyAddOneCore,6:F0} GFLOP/s one core  {limits.MultiplyAddAllCores,6:F0} GFLOP/s with {limits.Threads} threads"));
        Console.WriteLine(FormattableString.Invariant(
            $"read memory         {limits.ReadOneCore,6:F1} GB/s one core     {limits.ReadAllCores,6:F1} GB/s with {limits.Threads} threads, 4 streams each"));
        Console.WriteLine(FormattableString.Invariant(
            $"copy memory                                 {limits.CopyAllCores,6:F1} GB/s with {limits.Threads} threads, read and written, non-temporal stores"));
    }
}
