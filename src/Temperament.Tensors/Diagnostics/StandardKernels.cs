using Temperament.Tensors.Diagnostics.Cases;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics;

/// <summary>The kernels that most of a run's time goes to, each at one or two shapes: enough to see whether a machine does as it should.</summary>
public static class StandardKernels
{
    /// <summary>The cases.</summary>
    /// <param name="pool">Threads that the kernels run on.</param>
    public static IEnumerable<KernelCase> Cases(ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        const int Wide = 2048, Small = 576;
        return
        [
            ProductCases.Forward(pool, 512, Wide, Wide) with { Mark = Marks.Product(512) },
            ProductCases.InputGradient(pool, 512, Wide, Wide) with { Mark = Marks.Product(512) },
            ProductCases.WeightGradient(pool, 512, Wide, Wide) with { Mark = Marks.Product(512) },
            ProductCases.Forward(pool, 16, Wide, Wide) with { Mark = Marks.Product(16) },
            ProductCases.Forward(pool, 64, Small, Small) with { Mark = Marks.SmallProduct },
            ProductCases.Forward(pool, 512, Wide, Wide, WeightFormat.Nf4) with { Mark = Marks.Nf4Product(512) },
            ProductCases.InputGradient(pool, 512, Wide, Wide, WeightFormat.Nf4) with { Mark = Marks.Nf4Product(512) },
            ProductCases.Forward(pool, 16, Wide, Wide, WeightFormat.Nf4) with { Mark = Marks.Nf4Product(16) },
            ProductCases.Forward(pool, 512, Wide, Wide, WeightFormat.Bf16) with { Mark = Marks.Bf16Product(512) },
            ProductCases.Forward(pool, 16, Wide, Wide, WeightFormat.Bf16) with { Mark = Marks.Bf16Product(16) },
            ProductCases.Decode(pool, Wide, Wide, WeightFormat.F32) with { Mark = Marks.Decode },
            ProductCases.Decode(pool, Wide, Wide, WeightFormat.Bf16) with { Mark = Marks.Decode },
            ProductCases.Decode(pool, Wide, Wide, WeightFormat.Nf4) with { Mark = Marks.Nf4Decode },
            AttentionCases.Forward(pool, 512, 32, 128) with { Mark = Marks.Attention },
            AttentionCases.Backward(pool, 512, 32, 128) with { Mark = Marks.AttentionBackward },
            .. RowCases.All(pool).Select(row => row with { Mark = Marks.Rows }),
            QuantizeCases.Nf4Double(pool, 8192, 4096) with { Mark = Marks.Nf4Quantize },
            PoolCases.Busy(pool, 1) with { Mark = Marks.PoolBusy },
            PoolCases.Idle(pool, 20) with { Mark = Marks.PoolIdle },
        ];
    }
}
