namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>What is asked of the kernels, as shares of the limits that they are held against.</summary>
public static class Marks
{
    /// <summary>float32 decoding from memory; 16-bit decoding has the same.</summary>
    public static KernelMark Decode { get; } = new(0.92, 0.98);

    /// <summary>NF4 decoding from memory.</summary>
    public static KernelMark Nf4Decode { get; } = new(0.90, 1.00);

    /// <summary>Products with inputs and outputs of 128 to 1536 and 16 rows or more.</summary>
    public static KernelMark SmallProduct { get; } = new(0.60, 0.75);

    /// <summary>Causal attention, 512 tokens, 32 heads of 128.</summary>
    public static KernelMark Attention { get; } = new(0.30, 0.40);

    /// <summary>Its backward pass.</summary>
    public static KernelMark AttentionBackward { get; } = new(0.25, 0.35);

    /// <summary>Kernels over rows, out of cache.</summary>
    public static KernelMark Rows { get; } = new(0.80, 0.95);

    /// <summary>Packing to NF4.</summary>
    public static KernelMark Nf4Quantize { get; } = new(0.35, 0.50);

    /// <summary>Starting a job in a busy loop; 1 and 0.3 microseconds.</summary>
    public static KernelMark PoolBusy { get; } = new(1, 1 / 0.3);

    /// <summary>Starting a job after a pause of 5 ms; 20 and 12 microseconds.</summary>
    public static KernelMark PoolIdle { get; } = new(1, 20.0 / 12);

    /// <summary>Starting a job on sleeping threads; 300 and 100 microseconds.</summary>
    public static KernelMark PoolAsleep { get; } = new(1, 3);

    /// <summary>float32 products of layers of billions of parameters.</summary>
    /// <param name="m">Rows of activations.</param>
    public static KernelMark Product(int m) => m switch
    {
        >= 512 => new(0.90, 0.95),
        >= 128 => new(0.80, 0.88),
        >= 64 => new(0.70, 0.80),
        _ => new(0.35, 0.55),
    };

    /// <summary>NF4 products against our own float32 products.</summary>
    /// <param name="m">Rows of activations.</param>
    public static KernelMark Nf4Product(int m) => m switch
    {
        >= 512 => new(0.97, 1.03),
        >= 64 => new(1.15, 1.20),
        _ => new(1.50, 1.90),
    };

    /// <summary>Block formats: decoding from memory, where a weight costs two multiply-adds and few bits are read; products against our own float32 products.</summary>
    /// <param name="m">Rows of activations.</param>
    public static KernelMark BlockProduct(int m) => m switch
    {
        >= 512 => new(0.97, 1.00),
        >= 64 => new(1.00, 1.15),
        > 1 => new(1.50, 1.90),
        _ => new(0.80, 0.95),
    };

    /// <summary>bf16 products against our own float32 products.</summary>
    /// <param name="m">Rows of activations.</param>
    public static KernelMark Bf16Product(int m) => m switch
    {
        >= 512 => new(0.97, 1.00),
        > 1 => new(1.30, 1.40),
        _ => new(1.60, 1.75),
    };
}
