using System.Runtime.InteropServices;

namespace Temperament.Tensors.Memory;

/// <summary>
/// Keeps large blocks out of the C library's heap. glibc raises the size from which a block is a mapping of its own each time such a block is freed,
/// up to 32 MiB; blocks below it then come from a heap that gives nothing back while anything behind them lives. The many tensors of a first
/// step would stay in memory beside the one block that takes their place.
/// </summary>
internal static partial class LargeBlocks
{
    // M_MMAP_THRESHOLD of mallopt(3); a threshold that is set stays.
    private const int MappedFrom = -3;
    private const int Bytes = 256 << 10;

    /// <summary>Whether blocks of 256 KiB and above are mapped one by one from now on, and go back to the system when they are freed.</summary>
    public static bool AreMapped { get; } = OperatingSystem.IsLinux() && TryMap();

    private static bool TryMap()
    {
        try
        {
            return SetOption(MappedFrom, Bytes) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc, which has no such threshold.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
