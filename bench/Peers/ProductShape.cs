namespace Temperament.Benchmarks.Peers;

/// <summary>Which of the three products of a linear layer y (M, N) = x (M, K) W (N, K)^T.</summary>
internal enum ProductKind
{
    /// <summary>y = x W^T.</summary>
    Forward,

    /// <summary>dx = dy W.</summary>
    InputGradient,

    /// <summary>dW = dy^T x.</summary>
    WeightGradient,
}

/// <summary>A product to compare.</summary>
/// <param name="Kind">Which product.</param>
/// <param name="M">Rows of activations.</param>
/// <param name="N">Outputs.</param>
/// <param name="K">Inputs.</param>
internal readonly record struct ProductShape(ProductKind Kind, int M, int N, int K)
{
    /// <summary>float32 operations of one call.</summary>
    public double Work => 2.0 * M * N * K;

    /// <summary>Name of the kernel, as in the table of kernels.</summary>
    public string Kernel => Kind switch
    {
        ProductKind.Forward => "fp32 product",
        ProductKind.InputGradient => "fp32 input gradient",
        _ => "fp32 weight gradient",
    };

    public override string ToString() => $"{M} x {N} x {K}";
}

/// <summary>An engine that can do the products.</summary>
internal interface IProductEngine : IDisposable
{
    /// <summary>Name for the heads of columns.</summary>
    string Name { get; }

    /// <summary>What a reader must know of it: version, settings, arithmetic.</summary>
    string Description { get; }

    /// <summary>Makes the operands of a product; those of the last one are let go.</summary>
    void Prepare(ProductShape shape);

    /// <summary>Seconds of one call, from enough calls to last <paramref name="seconds"/>.</summary>
    double SecondsPerCall(double seconds);
}
