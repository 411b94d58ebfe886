namespace Temperament.Tensors.Memory;

/// <summary>Native memory could not be had; says how much was asked for and how much was free.</summary>
public sealed class TensorMemoryException : Exception
{
    internal TensorMemoryException(long asked, long available, Exception? inner)
        : base($"{asked:N0} bytes of native memory were asked for and could not be had; {available:N0} bytes are free for this process. "
            + "Take a smaller model, batch or context, or a 4-bit base.", inner)
    {
        Asked = asked;
        Available = available;
    }

    /// <summary>Bytes that were asked for.</summary>
    public long Asked { get; }

    /// <summary>Bytes that were free for the process: of the machine, and below the limits of its control groups.</summary>
    public long Available { get; }
}
