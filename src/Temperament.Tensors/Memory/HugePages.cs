using System.Runtime.InteropServices;

namespace Temperament.Tensors.Memory;

/// <summary>
/// Asks Linux to back a block with pages of 2 MiB. Products walk down the columns of matrices whose rows are a page apart or more: with small pages
/// each row costs a walk through the page tables. Where the system does not do it, nothing but speed is lost.
/// </summary>
internal static partial class HugePages
{
    private const int MadvHugePage = 14;

    /// <summary>Gives the hint, before the memory is first touched.</summary>
    /// <param name="address">First byte, at a multiple of 2 MiB.</param>
    /// <param name="bytes">Size.</param>
    public static void Advise(nint address, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(address, bytes, MadvHugePage);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
