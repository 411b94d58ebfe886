using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Cli.Rendering;

/// <summary>What <c>temper doctor</c> found, for people and as JSON.</summary>
internal static class DoctorReport
{
    // Bytes a parameter, and the share of the memory that the weights may take.
    private const double DenseBytes = 4, HalfBytes = 2, QuantizedBytes = 0.53, WeightShare = 0.75;

    /// <summary>Prints the machine and its limits.</summary>
    public static void PrintMachine(CommandRun run, MachineLimits limits)
    {
        MachineDescription machine = limits.Machine;
        double room = machine.MemoryBytes * WeightShare;
        string threads = limits.Threads == 1 ? "1 thread" : $"{limits.Threads} threads";
        run.Print($"processor     {machine.Processor}, {machine.PhysicalCores} cores; {threads} used");
        run.Print($"instructions  {string.Join(", ", machine.InstructionSets)}; vectors of {machine.VectorBits} bits");
        run.Print($"caches        {string.Join(", ", machine.Caches.Select(c => $"L{c.Level} {Figures.Bytes(c.Bytes)}"))}");
        run.Print($"memory        {Figures.Bytes(machine.MemoryBytes)}: models of {Figures.Count(room / DenseBytes)} parameters in float32, "
            + $"{Figures.Count(room / HalfBytes)} in bf16, {Figures.Count(room / QuantizedBytes)} in NF4");
        run.Print($"system        {machine.OperatingSystem}, {machine.Architecture}, {machine.Runtime}");
        run.Print($"multiply-add  {Figures.Fixed(limits.MultiplyAddAllCores, 0)} GFLOP/s with {threads}, {Figures.Fixed(limits.MultiplyAddOneCore, 0)} one core");
        run.Print($"memory speed  read {Figures.Fixed(limits.ReadAllCores, 1)} GB/s with {threads}, {Figures.Fixed(limits.ReadOneCore, 1)} one core; "
            + $"copy {Figures.Fixed(limits.CopyAllCores, 1)}");
    }

    /// <summary>Prints the table of kernels.</summary>
    public static void PrintKernels(CommandRun run, IReadOnlyList<KernelShare> shares)
    {
        var table = new TextTable("kernel", "shape", ">reached", ">limit", "unit", "limit is", ">share", ">asked", "mark");
        foreach (KernelShare share in shares)
        {
            table.Add(
                share.Case.Kernel, share.Case.Shape, Figures.Fixed(share.Achieved, 1), Figures.Fixed(share.LimitFigure, 1), share.Unit,
                Name(share.Case.Limit), Figures.Percent(share.Share), Figures.Percent(share.Case.Mark.Must), Name(share.Verdict));
        }

        run.Print("");
        table.Print(run.Terminal);
    }

    /// <summary>Writes the machine, the kernels and the advice as one object.</summary>
    public static void Write(Utf8JsonWriter json, MachineLimits limits, IReadOnlyList<KernelShare> shares)
    {
        MachineJson.Write(json, limits);
        json.WriteStartArray("kernels");
        foreach (KernelShare share in shares)
        {
            json.WriteStartObject();
            json.WriteString("kernel", share.Case.Kernel);
            json.WriteString("shape", share.Case.Shape);
            json.WriteReal("reached", share.Achieved);
            json.WriteReal("limit", share.LimitFigure);
            json.WriteString("limitIs", Name(share.Case.Limit));
            json.WriteString("unit", share.Unit);
            json.WriteReal("share", share.Share);
            json.WriteReal("lowestShare", share.Lowest);
            json.WriteReal("highestShare", share.Highest);
            json.WriteReal("asked", share.Case.Mark.Must);
            json.WriteNumber("allocatedBytes", share.AllocatedBytes);
            json.WriteString("mark", Name(share.Verdict));
            if (share.Fault is not null)
            {
                json.WriteString("fault", share.Fault);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("advice", MachineAdvice.For(limits, shares));
        json.WriteEndObject();
    }

    private static string Name(LimitKind kind) => kind switch
    {
        LimitKind.MultiplyAdd => "multiply-adds",
        LimitKind.Read => "reading",
        LimitKind.Copy => "copying",
        LimitKind.DenseProduct => "our fp32",
        _ => "time allowed",
    };

    private static string Name(KernelVerdict verdict) => verdict switch
    {
        KernelVerdict.Reached => "very good",
        KernelVerdict.Pass => "good",
        KernelVerdict.Miss => "slow",
        KernelVerdict.Allocates => "ALLOCATES",
        KernelVerdict.Wrong => "WRONG",
        _ => "",
    };
}
