using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics;

/// <summary>The kernels that most of a run's time goes to, at shapes of small models; elementwise ones on tensors larger than the caches.</summary>
public static class StandardKernels
{
    private const int Rows = 1024;
    private const int Columns = 8192;

    /// <summary>The cases, each made when it is asked for.</summary>
    /// <param name="pool">Threads that the kernels run on.</param>
    public static IEnumerable<KernelCase> Cases(ComputePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        yield return Forward(pool, 64, 576, 576, nf4: false);
        yield return Forward(pool, 512, 1536, 576, nf4: false);
        yield return InputGradient(pool, 512, 1536, 576);
        yield return WeightGradient(pool, 512, 1536, 576);
        yield return Forward(pool, 64, 576, 576, nf4: true);
        yield return Forward(pool, 512, 1536, 576, nf4: true);
        yield return Decode(pool, 1536, 576, nf4: false);
        yield return Decode(pool, 1536, 576, nf4: true);
        yield return CausalAttention(pool, 512, 9, 3, 64);
        yield return Norm(pool);
        yield return Gate(pool);
        yield return Loss(pool);
        yield return Optimizer(pool);
    }

    private static KernelCase Forward(ComputePool pool, int m, int n, int k, bool nf4)
    {
        WeightMatrix w = Weights(pool, n, k, nf4);
        Tensor x = Normal(m, k), y = Tensor.Zeros(m, n);
        return new KernelCase(
            nf4 ? "product, NF4 weights" : "product", $"{m} x {n} x {k}", LimitKind.MultiplyAdd, 2.0 * m * n * k, () => MatMul.Forward(pool, y, x, w));
    }

    private static KernelCase InputGradient(ComputePool pool, int m, int n, int k)
    {
        WeightMatrix w = Weights(pool, n, k, nf4: false);
        Tensor dy = Normal(m, n), dx = Tensor.Zeros(m, k);
        return new KernelCase(
            "product, input gradient", $"{m} x {n} x {k}", LimitKind.MultiplyAdd, 2.0 * m * n * k, () => MatMul.BackwardInput(pool, dx, dy, w, accumulate: false));
    }

    private static KernelCase WeightGradient(ComputePool pool, int m, int n, int k)
    {
        Tensor dy = Normal(m, n), x = Normal(m, k), dw = Tensor.Zeros(n, k);
        return new KernelCase(
            "product, weight gradient", $"{m} x {n} x {k}", LimitKind.MultiplyAdd, 2.0 * m * n * k, () => MatMul.BackwardWeight(pool, dw, dy, x, accumulate: false));
    }

    // Matrices take turns so that together they are larger than the caches, as the layers of a model are.
    private static KernelCase Decode(ComputePool pool, int n, int k, bool nf4)
    {
        double bytes = (double)n * k * (nf4 ? 0.5 + (4.0 / Nf4Matrix.BlockSize) : 4);
        WeightMatrix first = Weights(pool, n, k, nf4);
        WeightMatrix[] weights = [.. Enumerable.Range(0, (int)(1e8 / bytes) + 1).Select(i => i == 0 ? first : Copy(first))];
        Tensor x = Normal(1, k), y = Tensor.Zeros(1, n);
        int next = 0;
        return new KernelCase(
            nf4 ? "decode, NF4 weights" : "decode", $"1 x {n} x {k}", LimitKind.Read, bytes, () => MatMul.Forward(pool, y, x, weights[next++ % weights.Length]));
    }

    private static KernelCase CausalAttention(ComputePool pool, int tokens, int heads, int keyValueHeads, int size)
    {
        Tensor q = Normal(tokens, heads * size), k = Normal(tokens, keyValueHeads * size), v = Normal(tokens, keyValueHeads * size);
        Tensor y = Tensor.Zeros(tokens, heads * size);
        AttentionSegment[] segments = [new(0, tokens, 0, 0)];
        double work = 2.0 * 2 * heads * size * ((double)tokens * (tokens + 1) / 2);
        return new KernelCase(
            "attention", $"{tokens} tokens, {heads} x {size}", LimitKind.MultiplyAdd, work,
            () => Attention.Forward(pool, y, default, q, k, v, segments, heads, keyValueHeads, 0.125f));
    }

    private static KernelCase Norm(ComputePool pool)
    {
        Tensor x = Normal(Rows, Columns), y = Tensor.Zeros(Rows, Columns), weight = Normal(1, Columns), rstd = Tensor.Zeros(1, Rows);
        return Moving("RMS norm", 2, () => RmsNorm.Forward(pool, y, rstd, x, weight, 1e-5f));
    }

    private static KernelCase Gate(ComputePool pool)
    {
        Tensor gate = Normal(Rows, Columns), up = Normal(Rows, Columns), y = Tensor.Zeros(Rows, Columns);
        return Moving("SwiGLU", 3, () => SwiGlu.Forward(pool, y, gate, up));
    }

    private static KernelCase Loss(ComputePool pool)
    {
        Tensor logits = Normal(Rows, Columns), losses = Tensor.Zeros(1, Rows);
        int[] targets = new int[Rows];
        return Moving("cross-entropy", 2, () => CrossEntropy.ForwardBackward(pool, losses, logits, targets, 1f / Rows));
    }

    private static KernelCase Optimizer(ComputePool pool)
    {
        Tensor p = Normal(Rows, Columns), g = Normal(Rows, Columns), m = Tensor.Zeros(Rows, Columns), v = Tensor.Zeros(Rows, Columns);
        return Moving("AdamW", 7, () => AdamW.Step(pool, p, g, m, v, new AdamWStep(1e-6, 0.9, 0.999, 1e-8, 0.01, 1, 1)));
    }

    private static KernelCase Moving(string kernel, int tensorsMoved, Action run) =>
        new(kernel, $"{Rows} x {Columns}", LimitKind.Copy, (double)tensorsMoved * Rows * Columns * sizeof(float), run);

    private static WeightMatrix Weights(ComputePool pool, int n, int k, bool nf4)
    {
        Tensor dense = Normal(n, k);
        return nf4 ? WeightMatrix.FromNf4(Nf4.Quantize(dense, doubleQuantize: false, pool)) : WeightMatrix.F32(dense);
    }

    private static WeightMatrix Copy(WeightMatrix w)
    {
        if (w.Nf4 is Nf4Matrix nf4)
        {
            return WeightMatrix.FromNf4(Nf4.FromStored(
                w.Outputs, w.Inputs, nf4.Codes.Span(0, (int)nf4.Codes.Length), nf4.AbsMax.Span(0, (int)nf4.AbsMax.Length)));
        }

        Tensor copy = Tensor.Zeros(w.Outputs, w.Inputs);
        copy.CopyFrom(w.Dense);
        return WeightMatrix.F32(copy);
    }

    // One row of random numbers, repeated with a shift: what the kernels compute does not matter, only that it is ordinary.
    private static Tensor Normal(int rows, int columns)
    {
        var stream = new RandomStream(1, "diagnostics");
        Tensor tensor = Tensor.Zeros(rows, columns);
        float[] numbers = new float[columns + 64];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (float)stream.NextNormal();
        }

        for (int r = 0; r < rows; r++)
        {
            numbers.AsSpan(r % 64, columns).CopyTo(tensor.Row(r));
        }

        return tensor;
    }
}
