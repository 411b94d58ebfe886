using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Cli.Commands;

/// <summary><c>temper doctor</c>: the machine, what it can do at most, and how near the kernels come to it.</summary>
internal static class DoctorCommand
{
    // Bytes a parameter, and the share of the memory that the weights may take.
    private const double DenseBytes = 4, QuantizedBytes = 0.53, WeightShare = 0.75;

    public static Command Create(CommandHost host)
    {
        Option<bool> brief = new("--no-kernels") { Description = "Measure the limits of the machine only." };
        return host.Define("doctor", "Measures this machine and how near temper's kernels come to its limits.",
            ["temper doctor", "temper doctor --threads 1 --json"], [brief], run => Run(run, kernels: !run.Arguments.GetValue(brief)));
    }

    private static void Run(CommandRun run, bool kernels)
    {
        run.Log(kernels ? "Measuring; this takes some seconds. Other work on the machine lowers the figures." : "Measuring …");
        MachineLimits limits = MachineLimits.Measure(run.Threads);
        var shares = new List<KernelShare>();
        if (kernels)
        {
            using var probe = new LimitProbe(run.Pool);
            foreach (KernelCase kernel in StandardKernels.Cases(run.Pool))
            {
                run.Cancellation.ThrowIfCancellationRequested();
                shares.AddRange(KernelShares.Measure(probe, [kernel]));
            }
        }

        if (run.Json)
        {
            run.PrintJson(json => Write(json, limits, shares));
        }
        else
        {
            Print(run, limits, shares);
        }
    }

    private static void Print(CommandRun run, MachineLimits limits, List<KernelShare> shares)
    {
        MachineDescription machine = limits.Machine;
        run.Print($"processor     {machine.Processor}, {machine.PhysicalCores} cores, {machine.LogicalProcessors} processors; {limits.Threads} threads used");
        run.Print($"instructions  {string.Join(", ", machine.InstructionSets)}; vectors of {machine.VectorBits} bits");
        run.Print($"caches        {string.Join(", ", machine.Caches.Select(c => $"L{c.Level} {Figures.Bytes(c.Bytes)}"))}");
        run.Print($"memory        {Figures.Bytes(machine.MemoryBytes)} for this process");
        run.Print($"system        {machine.OperatingSystem}, {machine.Architecture}, {machine.Runtime}");
        run.Print($"multiply-add  {Figures.Fixed(limits.MultiplyAddOneCore, 0)} GFLOP/s one core, {Figures.Fixed(limits.MultiplyAddAllCores, 0)} all");
        run.Print($"memory speed  read {Figures.Fixed(limits.ReadOneCore, 1)} GB/s one core, {Figures.Fixed(limits.ReadAllCores, 1)} all; copy "
            + $"{Figures.Fixed(limits.CopyAllCores, 1)}");
        double room = machine.MemoryBytes * WeightShare;
        run.Print($"what fits     models of {Figures.Count(room / DenseBytes)} parameters in float32, {Figures.Count(room / QuantizedBytes)} in NF4");
        if (shares.Count == 0)
        {
            return;
        }

        run.Print("");
        var table = new TextTable("kernel", "shape", ">reached", ">limit", "unit", ">share");
        foreach (KernelShare share in shares)
        {
            table.Add(share.Kernel, share.Shape, Figures.Fixed(share.Achieved, 1), Figures.Fixed(share.LimitFigure, 1), share.Unit, Figures.Percent(share.Share));
        }

        table.Print(run.Terminal);
    }

    private static void Write(Utf8JsonWriter json, MachineLimits limits, List<KernelShare> shares)
    {
        MachineJson.Write(json, limits);
        json.WriteStartArray("kernels");
        foreach (KernelShare share in shares)
        {
            json.WriteStartObject();
            json.WriteString("kernel", share.Kernel);
            json.WriteString("shape", share.Shape);
            json.WriteReal("reached", share.Achieved);
            json.WriteReal("limit", share.LimitFigure);
            json.WriteString("unit", share.Unit);
            json.WriteReal("share", share.Share);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
