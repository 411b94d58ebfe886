using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Diagnostics.Cases;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Kernels;

/// <summary>Every kernel that something is asked of, at every shape that it is asked at.</summary>
internal static class EngineTable
{
    // Outputs and inputs of layers of a Llama with 7 billion parameters.
    private static readonly (int N, int K)[] Large = [(4096, 4096), (11008, 4096), (4096, 11008)];

    // Outputs and inputs of layers of the organism and of SmolLM2.
    private static readonly (int N, int K)[] Small = [(128, 128), (384, 128), (128, 384), (576, 576), (1536, 576), (576, 1536)];

    private static readonly int[] DenseRows = [512, 128, 64, 16];

    private static readonly int[] OtherRows = [512, 64, 16];

    private static readonly int[] HalfRows = [512, 16, 1];

    private static readonly int[] BlockRows = [512, 64, 16, 1];

    /// <summary>The rows, in the order in which they are measured.</summary>
    public static IEnumerable<KernelCase> Of(ComputePool pool) =>
    [
        .. DenseProducts(pool), .. Nf4Products(pool), .. Bf16Products(pool), .. BlockProducts(pool), .. Decoding(pool), .. SmallProducts(pool),
        AttentionCases.Forward(pool, 512, 32, 128) with { Mark = Marks.Attention },
        AttentionCases.Backward(pool, 512, 32, 128) with { Mark = Marks.AttentionBackward },
        .. RowCases.All(pool).Select(row => row with { Mark = Marks.Rows }),
        QuantizeCases.Nf4Double(pool, 11008, 4096) with { Mark = Marks.Nf4Quantize },
        PoolCases.Busy(pool, 1) with { Mark = Marks.PoolBusy },
        PoolCases.Idle(pool, 20) with { Mark = Marks.PoolIdle },
        PoolCases.Idle(pool, 300, milliseconds: 50) with { Mark = Marks.PoolAsleep },
    ];

    private static IEnumerable<KernelCase> DenseProducts(ComputePool pool) =>
        from m in DenseRows
        from shape in Large
        from product in All(pool, m, shape.N, shape.K)
        select product with { Mark = Marks.Product(m) };

    private static IEnumerable<KernelCase> Nf4Products(ComputePool pool) =>
        from m in OtherRows
        from shape in Large
        from product in new[]
        {
            ProductCases.Forward(pool, m, shape.N, shape.K, WeightFormat.Nf4), ProductCases.InputGradient(pool, m, shape.N, shape.K, WeightFormat.Nf4),
        }
        select product with { Mark = Marks.Nf4Product(m) };

    private static IEnumerable<KernelCase> Bf16Products(ComputePool pool) =>
        from m in HalfRows
        from shape in Large
        from product in m == 1
            ? new[] { ProductCases.Decode(pool, shape.N, shape.K, WeightFormat.Bf16, againstDense: true) }
            :
            [
                ProductCases.Forward(pool, m, shape.N, shape.K, WeightFormat.Bf16), ProductCases.InputGradient(pool, m, shape.N, shape.K, WeightFormat.Bf16),
            ]
        select product with { Mark = Marks.Bf16Product(m) };

    private static IEnumerable<KernelCase> BlockProducts(ComputePool pool) =>
        from format in new[] { WeightFormat.Q40, WeightFormat.Q41, WeightFormat.Q80 }
        from m in BlockRows
        from product in m switch
        {
            1 => [ProductCases.Decode(pool, 4096, 4096, format)],
            16 => [ProductCases.Forward(pool, m, 4096, 4096, format)],
            _ => new[] { ProductCases.Forward(pool, m, 4096, 4096, format), ProductCases.InputGradient(pool, m, 4096, 4096, format) },
        }
        select product with { Mark = Marks.BlockProduct(m) };

    private static IEnumerable<KernelCase> Decoding(ComputePool pool) =>
        from format in new[] { WeightFormat.Nf4, WeightFormat.Bf16, WeightFormat.F32 }
        from shape in Large
        select ProductCases.Decode(pool, shape.N, shape.K, format) with
        {
            Mark = format == WeightFormat.Nf4 ? Marks.Nf4Decode : Marks.Decode,
        };

    private static IEnumerable<KernelCase> SmallProducts(ComputePool pool) =>
        from m in OtherRows
        from shape in Small
        from product in All(pool, m, shape.N, shape.K)
        select product with { Mark = Marks.SmallProduct };

    private static KernelCase[] All(ComputePool pool, int m, int n, int k) =>
        [ProductCases.Forward(pool, m, n, k), ProductCases.InputGradient(pool, m, n, k), ProductCases.WeightGradient(pool, m, n, k)];
}
