namespace Temperament.Tensors.Memory;

/// <summary>Counts the native buffers of the process.</summary>
public static class NativeBuffers
{
    internal static long Count;

    /// <summary>Number of buffers that are allocated and not yet freed.</summary>
    public static long Outstanding => Interlocked.Read(ref Count);
}
