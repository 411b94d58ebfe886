using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Temperament.Tensors.Diagnostics;

/// <summary>What the machine says of itself; nothing is measured.</summary>
/// <param name="Processor">Name of the processor.</param>
/// <param name="Architecture">Architecture of the process, as in "X64".</param>
/// <param name="OperatingSystem">Name and version of the operating system.</param>
/// <param name="Runtime">Name and version of the .NET runtime.</param>
/// <param name="LogicalProcessors">Processors that this process may use: affinity and control groups are respected.</param>
/// <param name="PhysicalCores">Cores behind them; the default number of threads.</param>
/// <param name="VectorBits">Width of the widest vector that the kernels use.</param>
/// <param name="InstructionSets">Names of the instruction sets that the kernels look for and found.</param>
/// <param name="Caches">Caches of the first processor, from the smallest; empty where the system does not say.</param>
/// <param name="MemoryBytes">Memory that this process may use.</param>
public sealed record MachineDescription(
    string Processor,
    string Architecture,
    string OperatingSystem,
    string Runtime,
    int LogicalProcessors,
    int PhysicalCores,
    int VectorBits,
    IReadOnlyList<string> InstructionSets,
    IReadOnlyList<CacheDescription> Caches,
    long MemoryBytes)
{
    /// <summary>Number of threads to use where nobody says otherwise: one for each physical core that affinity and control groups leave to the process.</summary>
    public static int DefaultThreads => new ProcessAllowance().Threads(Environment.ProcessorCount);

    /// <summary>Reads what the machine says.</summary>
    public static MachineDescription Read() => new(
        ProcessorName(),
        RuntimeInformation.ProcessArchitecture.ToString(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        Environment.ProcessorCount,
        DefaultThreads,
        Avx512F.IsSupported ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 32,
        FoundInstructionSets(),
        ReadCaches("/sys/devices/system/cpu/cpu0/cache"),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private static List<string> FoundInstructionSets()
    {
        var found = new List<string>();
        Add("AVX-512 F", Avx512F.IsSupported);
        Add("AVX-512 VBMI", Avx512Vbmi.IsSupported);
        Add("AVX-VNNI", AvxVnni.IsSupported);
        Add("AVX2", Avx2.IsSupported);
        Add("FMA", Fma.IsSupported);
        Add("SSE4.2", Sse42.IsSupported);
        Add("NEON", AdvSimd.IsSupported);
        return found;

        void Add(string name, bool supported)
        {
            if (supported)
            {
                found.Add(name);
            }
        }
    }

    private static string ProcessorName()
    {
        foreach (string line in SystemFile.Lines("/proc/cpuinfo"))
        {
            if (line.StartsWith("model name", StringComparison.Ordinal))
            {
                return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            }
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static List<CacheDescription> ReadCaches(string folder)
    {
        var caches = new List<CacheDescription>();
        for (int i = 0; Directory.Exists($"{folder}/index{i}"); i++)
        {
            string type = SystemFile.Line($"{folder}/index{i}/type"), size = SystemFile.Line($"{folder}/index{i}/size");
            long unit = size.EndsWith('M') ? 1 << 20 : 1 << 10;
            if (type != "Instruction"
                && int.TryParse(SystemFile.Line($"{folder}/index{i}/level"), CultureInfo.InvariantCulture, out int level)
                && long.TryParse(size.TrimEnd('K', 'M'), CultureInfo.InvariantCulture, out long count))
            {
                caches.Add(new CacheDescription(level, count * unit));
            }
        }

        return caches;
    }
}

/// <summary>A data cache.</summary>
/// <param name="Level">1 for the one nearest to the core.</param>
/// <param name="Bytes">Size in bytes.</param>
public sealed record CacheDescription(int Level, long Bytes);
