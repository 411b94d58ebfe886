using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics;

/// <summary>
/// A short list of kernels that shows in a few seconds how well they suit a machine: products in and out of the caches, decoding, attention,
/// and the kernels that only move memory.
/// </summary>
public static class DoctorCases
{
    private const int Rows = 512;
    private const int Heads = 32;
    private const int HeadSize = 128;

    // Larger than the last cache of common machines together with its output.
    private const int WideRows = 8192;
    private const int Width = 2048;

    /// <summary>The cases; each is made when it is reached.</summary>
    /// <param name="pool">Threads.</param>
    public static IEnumerable<KernelCase> All(ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return Products(pool).Concat(Decoding(pool)).Concat(OfMemory(pool));
    }

    private static IEnumerable<KernelCase> Products(ComputePool pool)
    {
        foreach ((int m, int n, int k) in new[] { (512, 2048, 2048), (16, 2048, 2048), (256, 576, 1536), (512, 384, 128) })
        {
            Tensor w = Ramp(n, k), x = Ramp(m, k), y = Ramp(m, n);
            string shape = $"{m} x {n} x {k}";
            yield return Product("linear, float32", shape, m, n, k, () => MatMul.Forward(pool, y, x, WeightMatrix.F32(w)));
        }

        {
            Tensor w = Ramp(2048, 2048), x = Ramp(Rows, 2048), y = Ramp(Rows, 2048);
            WeightMatrix quantized = WeightMatrix.FromNf4(Nf4.Quantize(w, doubleQuantize: true, pool));
            string shape = $"{Rows} x 2048 x 2048";
            yield return Product("linear, NF4", shape, Rows, 2048, 2048, () => MatMul.Forward(pool, y, x, quantized));
            yield return Product("its input gradient", shape, Rows, 2048, 2048, () => MatMul.BackwardInput(pool, x, y, WeightMatrix.F32(w), accumulate: false));
            yield return Product("its weight gradient", shape, Rows, 2048, 2048, () => MatMul.BackwardWeight(pool, w, y, x, accumulate: false));
        }

        {
            Tensor q = Ramp(Rows, Heads * HeadSize), k = Ramp(Rows, Heads * HeadSize), v = Ramp(Rows, Heads * HeadSize), y = Ramp(Rows, Heads * HeadSize);
            AttentionSegment[] segments = [new AttentionSegment(0, Rows, 0, 0)];
            double work = 4.0 * Heads * HeadSize * Rows * (Rows + 1) / 2;
            yield return new KernelCase("attention", $"{Rows} tokens, {Heads} x {HeadSize}", LimitKind.MultiplyAdd, work,
                () => Attention.Forward(pool, y, default, q, k, v, segments, Heads, Heads, 0.1f));
        }
    }

    private static IEnumerable<KernelCase> Decoding(ComputePool pool)
    {
        const int N = 4096, Copies = 4;
        Tensor x = Ramp(1, N), y = Ramp(1, N);
        WeightMatrix[] dense = [.. Enumerable.Range(0, Copies).Select(_ => WeightMatrix.F32(Ramp(N, N)))];
        int next = 0;
        yield return new KernelCase("one token, float32", $"1 x {N} x {N}", LimitKind.Read, 4.0 * N * N,
            () => MatMul.Forward(pool, y, x, dense[next++ % Copies]));
        WeightMatrix[] quantized = [.. dense.Select(w => WeightMatrix.FromNf4(Nf4.Quantize(w.Dense, doubleQuantize: false, pool)))];
        yield return new KernelCase("one token, NF4", $"1 x {N} x {N}", LimitKind.Read, (0.5 + (4.0 / Nf4Matrix.BlockSize)) * N * N,
            () => MatMul.Forward(pool, y, x, quantized[next++ % Copies]));
    }

    private static IEnumerable<KernelCase> OfMemory(ComputePool pool)
    {
        Tensor x = Ramp(WideRows, Width), y = Ramp(WideRows, Width), z = Ramp(WideRows, Width);
        double bytes = 4.0 * WideRows * Width;
        string shape = $"{WideRows} x {Width}";
        Tensor weight = Ramp(1, Width), rstd = Ramp(1, WideRows);
        yield return new KernelCase("RMSNorm", shape, LimitKind.Copy, 2 * bytes, () => RmsNorm.Forward(pool, y, rstd, x, weight, 1e-5f));
        yield return new KernelCase("SwiGLU", shape, LimitKind.Copy, 3 * bytes, () => SwiGlu.Forward(pool, y, x, z));
        yield return new KernelCase("softmax", shape, LimitKind.Copy, 2 * bytes, () => Softmax.Forward(pool, y, x));
        Tensor mean = Tensor.Zeros(WideRows, Width);
        yield return new KernelCase("AdamW", shape, LimitKind.Copy, 7 * bytes,
            () => AdamW.Step(pool, x, y, mean, z, new AdamWStep(1e-9, 0.9, 0.999, 1e-8, 0, 1)));
    }

    private static KernelCase Product(string kernel, string shape, int m, int n, int k, Action run) =>
        new(kernel, shape, LimitKind.MultiplyAdd, 2.0 * m * n * k, run);

    private static Tensor Ramp(int rows, int columns)
    {
        Tensor tensor = Tensor.Zeros(rows, columns);
        uint word = 1;
        foreach (ref float value in tensor.Span)
        {
            word = (word * 1664525) + 1013904223;
            value = (word >> 8) * (1f / (1 << 24));
        }

        return tensor;
    }
}
