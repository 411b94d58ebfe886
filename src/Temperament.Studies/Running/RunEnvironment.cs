using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Temperament.Studies.Reports;

namespace Temperament.Studies.Running;

/// <summary>What build runs, and on what machine.</summary>
internal static class RunEnvironment
{
    public static ReportEnvironment Describe(TimeSpan? wallTime, int threads)
    {
        // "version+commit" where the source is a git checkout, and ".changed" behind it where tracked files differ from the commit.
        string version = typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        string[] parts = version.Split('+', 2);
        return new ReportEnvironment
        {
            Version = parts[0],
            Commit = parts.Length > 1 ? parts[1][..Math.Min(12, parts[1].Length)] : "unknown",
            Dirty = version.EndsWith(".changed", StringComparison.Ordinal),
            Machine = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}",
            InstructionSet = Vector512.IsHardwareAccelerated ? "AVX-512"
                : Vector256.IsHardwareAccelerated ? "AVX2"
                : Vector128.IsHardwareAccelerated ? "128-bit" : "scalar",
            Threads = threads,
            WallTime = wallTime,
        };
    }
}
