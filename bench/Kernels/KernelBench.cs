using Temperament.Benchmarks.Reports;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Kernels;

/// <summary><c>kernels</c>: each row checked against its definition, then measured beside its limit.</summary>
internal static class KernelBench
{
    /// <summary>Measures and prints. 1 where a result is wrong or a kernel allocates, else 0.</summary>
    public static int Run(BenchOptions options)
    {
        using var pool = new ComputePool(options.Threads);
        KernelCase[] cases = [.. EngineTable.Of(pool).Where(c => $"{c.Kernel} {c.Shape}".Contains(options.Filter, StringComparison.OrdinalIgnoreCase))];
        if (cases.Length == 0)
        {
            Console.Error.WriteLine($"no kernel and shape contain \"{options.Filter}\"");
            return 2;
        }

        MachineLimits limits = MachineLimits.Measure(options.Threads);
        LimitTable.Print(limits);
        Console.WriteLine();
        Console.WriteLine(KernelRow.Header);
        using var probe = new LimitProbe(pool);
        var rows = new List<KernelRow>();
        foreach (KernelCase kernel in cases)
        {
            rows.Add(KernelRow.Of(KernelShares.Measure(probe, kernel, options.Rounds)));
            Console.WriteLine(rows[^1].Line);
        }

        Console.WriteLine();
        Console.WriteLine(KernelRow.Summary(rows));
        if (options.Filter.Length == 0 || options.Save)
        {
            Console.WriteLine(ResultFile.Save(ResultFile.PathOf(limits.Machine), limits, rows));
        }

        return rows.Any(row => row.Verdict is KernelVerdict.Wrong or KernelVerdict.Allocates) ? 1 : 0;
    }
}
