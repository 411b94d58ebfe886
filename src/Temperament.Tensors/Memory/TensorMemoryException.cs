namespace Temperament.Tensors.Memory;

/// <summary>Native memory could not be had; says how much was asked for and how much the process may use.</summary>
public sealed class TensorMemoryException : Exception
{
    internal TensorMemoryException(long asked, Exception? inner)
        : base($"{asked:N0} bytes of native memory were asked for and could not be had; the process may use {AvailableNow:N0} bytes in all. "
            + "Take a smaller model, batch or context, or a 4-bit base.", inner)
    {
        Asked = asked;
        Available = AvailableNow;
    }

    /// <summary>Bytes that were asked for.</summary>
    public long Asked { get; }

    /// <summary>Bytes that the process may use in all: the memory of the machine, or the limit of its control group.</summary>
    public long Available { get; }

    internal static long AvailableNow => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
