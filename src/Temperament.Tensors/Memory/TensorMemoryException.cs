namespace Temperament.Tensors.Memory;

/// <summary>Native memory could not be had; says how much was asked for and how much the process may use.</summary>
public sealed class TensorMemoryException : Exception
{
    internal TensorMemoryException(long asked, Exception inner)
        : base($"{asked:N0} bytes of native memory were asked for and could not be had; the process may use {Available:N0} bytes in all. "
            + "Take a smaller model, batch or context, or a 4-bit base.", inner)
    {
        Asked = asked;
    }

    /// <summary>Bytes that were asked for.</summary>
    public long Asked { get; }

    private static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
