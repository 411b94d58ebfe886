using Temperament.Tensors.Diagnostics;

namespace Temperament.Tensors.Memory;

/// <summary>Counts the native buffers of the process, and asks from time to time whether there is memory for more.</summary>
public static class NativeBuffers
{
    // So much is left alone: below it the system is about to end processes, and asking costs less than a hundredth of clearing so much.
    private const long Reserve = 64 << 20;

    internal static long Count;
    private static long _unasked;

    /// <summary>Number of buffers that are allocated and not yet freed.</summary>
    public static long Outstanding => Interlocked.Read(ref Count);

    /// <summary>Bytes that are free for the process now.</summary>
    public static long Available =>
        Math.Min(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, new ProcessAllowance().FreeMemory() ?? long.MaxValue);

    /// <summary>
    /// Throws where a buffer would not fit. A system that promises more memory than it has gives it all the same, and ends the process when it
    /// is touched. Asks before every large buffer, and after many small ones.
    /// </summary>
    /// <param name="bytes">Size of the buffer.</param>
    /// <exception cref="TensorMemoryException">There is less memory.</exception>
    internal static void ThrowIfNoRoom(long bytes)
    {
        if (bytes < Reserve && Interlocked.Add(ref _unasked, bytes) < Reserve)
        {
            return;
        }

        Volatile.Write(ref _unasked, 0);
        long available = Available;
        if (Math.Max(bytes, Reserve) > available)
        {
            throw new TensorMemoryException(bytes, available, null);
        }
    }
}
