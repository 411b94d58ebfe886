using System.Globalization;

namespace Temperament.Tensors.Diagnostics;

/// <summary>The most memory that the process had at once (resident set), on Linux since the last reset.</summary>
public static class PeakMemory
{
    /// <summary>Forgets earlier peaks, where the system lets a process do so.</summary>
    public static void Reset()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The peak then holds for the whole process.
        }
    }

    /// <summary>Bytes.</summary>
    public static long Bytes => Read("VmHWM:") ?? System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64;

    /// <summary>Bytes of the resident set at this moment.</summary>
    public static long Now => Read("VmRSS:") ?? Environment.WorkingSet;

    private static long? Read(string key)
    {
        string? line = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
