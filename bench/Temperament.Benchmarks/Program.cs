using System.Globalization;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks;

/// <summary>temper's kernels as shares of the machine's limits: <c>limits</c>, <c>pool</c>, <c>kernels [filter]</c>; <c>--threads N</c>, <c>--out FILE</c>.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        string verb = args.Length > 0 && !args[0].StartsWith('-') ? args[0] : "";
        int threads = Option(args, "--threads") is string text ? int.Parse(text, CultureInfo.InvariantCulture) : MachineDescription.DefaultThreads;
        switch (verb)
        {
            case "limits":
                Print(MachineLimits.Measure(threads));
                return 0;
            case "pool":
                PoolTimes.Print(threads);
                return 0;
            case "kernels":
                return RunKernels(args, threads);
            default:
                Console.Error.WriteLine("usage: limits | pool | kernels [filter]   [--threads N] [--out FILE]");
                return 2;
        }
    }

    private static int RunKernels(string[] args, int threads)
    {
        string filter = args.Length > 1 && !args[1].StartsWith('-') ? args[1] : "";
        using var pool = new ComputePool(threads);
        if (MatMulEquality.Check(pool) is string difference)
        {
            Console.Error.WriteLine(difference);
            return 1;
        }

        MachineLimits limits = MachineLimits.Measure(threads);
        Print(limits);
        Console.WriteLine();
        Console.WriteLine($"{"kernel",-22} {"shape",-24} {"reached",9} {"limit",9} {"share",6}");
        using var probe = new LimitProbe(pool);
        var shares = new List<KernelShare>();
        foreach (KernelCase kernel in Cases(pool, filter))
        {
            KernelShare share = KernelShares.Measure(probe, [kernel])[0];
            shares.Add(share);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{share.Kernel,-22} {share.Shape,-24} {share.Achieved,9:F1} {share.LimitFigure,9:F1} {share.Share,6:P0}"));
        }

        if (filter.Length == 0 || Option(args, "--out") is not null)
        {
            Console.WriteLine(ResultFile.Write(Option(args, "--out"), limits, shares));
        }

        return 0;
    }

    private static IEnumerable<KernelCase> Cases(ComputePool pool, string filter) =>
        MatMulCases.All(pool, filter).Concat(StandardKernels.Cases(pool).Where(kernel =>
            kernel.Limit == LimitKind.Copy && $"{kernel.Kernel} {kernel.Shape}".Contains(filter, StringComparison.Ordinal)
            || kernel.Kernel.StartsWith("attention", StringComparison.Ordinal) && kernel.Kernel.Contains(filter, StringComparison.Ordinal)));

    private static void Print(MachineLimits limits)
    {
        MachineDescription machine = limits.Machine;
        Console.WriteLine($"{machine.Processor}, {machine.LogicalProcessors} processors, {machine.VectorBits}-bit vectors, {machine.Runtime}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"multiply-add {limits.MultiplyAddOneCore:F0} GFLOP/s one core, {limits.MultiplyAddAllCores:F0} with {limits.Threads} threads"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"memory read {limits.ReadOneCore:F1} GB/s one core, {limits.ReadAllCores:F1} with {limits.Threads} threads; copy {limits.CopyAllCores:F1}"));
    }

    private static string? Option(string[] args, string name)
    {
        int index = Array.IndexOf(args, name);
        return index >= 0 && index + 1 < args.Length ? args[index + 1] : null;
    }
}
