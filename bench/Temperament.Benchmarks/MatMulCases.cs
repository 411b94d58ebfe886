using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks;

/// <summary>Products at the shapes of the models that we run: (M, N, K) with y (M, N) = x (M, K) W (N, K)^T.</summary>
internal static class MatMulCases
{
    private static readonly (int M, int N, int K)[] Shapes =
    [
        (16, 128, 128), (64, 128, 128), (512, 128, 128), (512, 384, 128), (512, 128, 384), (512, 1536, 128),
        (16, 576, 576), (64, 576, 576), (256, 576, 576), (512, 1536, 576), (512, 576, 1536),
        (512, 8, 128), (512, 128, 8), (512, 16, 576), (512, 576, 16),
        (256, 2048, 2048), (16, 4096, 4096), (64, 4096, 4096), (128, 4096, 4096), (512, 4096, 4096),
    ];

    private static readonly (int M, int N, int K)[] DecodeShapes = [(1, 128, 128), (1, 1536, 576), (1, 4096, 4096), (4, 4096, 4096), (8, 4096, 4096)];

    /// <summary>All cases whose name or shape contains the filter.</summary>
    public static IEnumerable<KernelCase> All(ComputePool pool, string filter)
    {
        foreach ((int m, int n, int k) in Shapes)
        {
            foreach (string kernel in new[] { "fp32 forward", "fp32 input gradient", "fp32 weight gradient", "nf4 forward", "nf4 input gradient" })
            {
                if ($"{kernel} {Name(m, n, k)}".Contains(filter, StringComparison.Ordinal))
                {
                    yield return Product(pool, kernel, m, n, k);
                }
            }
        }

        foreach ((int m, int n, int k) in DecodeShapes)
        {
            foreach (string kernel in new[] { "fp32 decode", "nf4 decode" })
            {
                if ($"{kernel} {Name(m, n, k)}".Contains(filter, StringComparison.Ordinal))
                {
                    yield return Decode(pool, kernel, m, n, k);
                }
            }
        }
    }

    private static string Name(int m, int n, int k) => $"{m} x {n} x {k}";

    private static KernelCase Product(ComputePool pool, string kernel, int m, int n, int k)
    {
        WeightMatrix w = Weights(kernel.StartsWith("nf4", StringComparison.Ordinal), n, k);
        Tensor x = Normal(m, k), y = Normal(m, n);
        Action run = kernel.EndsWith("forward", StringComparison.Ordinal) ? () => MatMul.Forward(pool, y, x, w)
            : kernel.EndsWith("input gradient", StringComparison.Ordinal) ? () => MatMul.BackwardInput(pool, x, y, w, accumulate: false)
            : () => MatMul.BackwardWeight(pool, w.Dense, y, x, accumulate: false);
        return new KernelCase(kernel, Name(m, n, k), LimitKind.MultiplyAdd, 2.0 * m * n * k, run);
    }

    // Weights take turns so that together they are larger than the caches, as the layers of a model are; small ones stay in the caches.
    private static KernelCase Decode(ComputePool pool, string kernel, int m, int n, int k)
    {
        bool nf4 = kernel.StartsWith("nf4", StringComparison.Ordinal);
        double bytes = (double)n * k * (nf4 ? 0.5 + (4.0 / Nf4Matrix.BlockSize) : 4);
        int copies = bytes < 1e6 ? 1 : (int)(2e8 / bytes) + 1;
        WeightMatrix[] weights = [.. Enumerable.Range(0, copies).Select(_ => Weights(nf4, n, k))];
        Tensor x = Normal(m, k), y = Normal(m, n);
        int next = 0;
        return new KernelCase(kernel, Name(m, n, k), LimitKind.Read, bytes, () => MatMul.Forward(pool, y, x, weights[next++ % copies]));
    }

    private static WeightMatrix Weights(bool nf4, int n, int k)
    {
        if (!nf4)
        {
            return WeightMatrix.F32(Normal(n, k));
        }

        using var pool = new ComputePool(MachineDescription.DefaultThreads);
        return WeightMatrix.FromNf4(Nf4.Quantize(Normal(n, k), doubleQuantize: false, pool));
    }

    private static Tensor Normal(int rows, int columns)
    {
        Tensor tensor = Tensor.Zeros(rows, columns);
        uint word = 1;
        foreach (ref float value in tensor.Span)
        {
            word = (word * 1664525) + 1013904223;
            value = (int)word * (1f / int.MaxValue);
        }

        return tensor;
    }
}
