using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Cli.Commands;

/// <summary><c>temper doctor</c>: the machine, what it can do at most, and how near the kernels come to it.</summary>
internal static class DoctorCommand
{
    private const int Rounds = 5;

    // With five rounds and some thirty kernels the whole stays well under 20 seconds.
    private const double SampleSeconds = 0.012;

    public static Command Create(CommandHost host)
    {
        Option<bool> brief = new("--no-kernels") { Description = "Measure the limits of the machine only." };
        return host.Define("doctor", "Measures this machine and how near temper's kernels come to its limits.",
            ["temper doctor", "temper doctor --threads 1 --json"], [brief], run => Run(run, kernels: !run.Arguments.GetValue(brief)));
    }

    private static void Run(CommandRun run, bool kernels)
    {
        run.Log(kernels ? "Measuring; this takes some seconds. Other work on the machine lowers the figures." : "Measuring …");
        MachineLimits limits = MachineLimits.Measure(run.Threads, Rounds);
        if (!run.Json)
        {
            DoctorReport.PrintMachine(run, limits);
        }

        List<KernelShare> shares = kernels ? Measure(run) : [];
        if (run.Json)
        {
            run.PrintJson(json => DoctorReport.Write(json, limits, shares));
            return;
        }

        if (kernels)
        {
            DoctorReport.PrintKernels(run, shares);
        }

        run.Print("");
        run.Print(MachineAdvice.For(limits, shares));
    }

    private static List<KernelShare> Measure(CommandRun run)
    {
        KernelCase[] cases = [.. StandardKernels.Cases(run.Pool)];
        return ProgressBar.Run(run, "kernels", cases.Length, bar =>
        {
            using var probe = new LimitProbe(run.Pool);
            var shares = new List<KernelShare>();
            foreach (KernelCase kernel in cases)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                bar.Report(shares.Count, $"{kernel.Kernel}, {kernel.Shape}");
                shares.Add(KernelShares.Measure(probe, kernel, Rounds, SampleSeconds));
            }

            return shares;
        });
    }
}
