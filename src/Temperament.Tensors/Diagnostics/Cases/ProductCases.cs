using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>The three products of a linear layer, y (M, N) = x (M, K) W (N, K)^T, and decoding, which is the first one with one row.</summary>
public static class ProductCases
{
    // Matrices take turns so that together they are larger than any cache, as the layers of a model are.
    private const double RotatedBytes = 320e6;

    /// <summary>y = x W^T.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="m">Rows of activations.</param>
    /// <param name="n">Outputs.</param>
    /// <param name="k">Inputs.</param>
    /// <param name="format">Storage of W; float32 is held against the multiply-adds of the machine, the others against our own float32 product.</param>
    public static KernelCase Forward(ComputePool pool, int m, int n, int k, WeightFormat format = WeightFormat.F32) =>
        Case($"{Name(format)} product", format, m, n, k, () =>
        {
            var bank = new TensorBank();
            WeightMatrix w = bank.Weights(pool, n, k, format);
            Tensor x = bank.Normal(m, k), y = bank.Zeros(m, n);
            return Trial(bank, format, n, k, other => MatMul.Forward(pool, y, x, other), w, () => ProductCheck.Forward(y, x, w));
        });

    /// <summary>dx = dy W.</summary>
    /// <inheritdoc cref="Forward"/>
    public static KernelCase InputGradient(ComputePool pool, int m, int n, int k, WeightFormat format = WeightFormat.F32) =>
        Case($"{Name(format)} input gradient", format, m, n, k, () =>
        {
            var bank = new TensorBank();
            WeightMatrix w = bank.Weights(pool, n, k, format);
            Tensor dx = bank.Zeros(m, k), dy = bank.Normal(m, n);
            return Trial(
                bank, format, n, k, other => MatMul.BackwardInput(pool, dx, dy, other, accumulate: false), w, () => ProductCheck.InputGradient(dx, dy, w));
        });

    /// <summary>dW = dy^T x.</summary>
    /// <inheritdoc cref="Forward"/>
    public static KernelCase WeightGradient(ComputePool pool, int m, int n, int k) =>
        Case("fp32 weight gradient", WeightFormat.F32, m, n, k, () =>
        {
            var bank = new TensorBank();
            Tensor dw = bank.Zeros(n, k), dy = bank.Normal(m, n), x = bank.Normal(m, k);
            return new KernelTrial(() => MatMul.BackwardWeight(pool, dw, dy, x, accumulate: false))
            {
                Check = () => ProductCheck.WeightGradient(dw, dy, x),
                Operands = bank,
            };
        });

    /// <summary>y = x W^T for one row, with weights from memory: bytes of weights a second.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="n">Outputs.</param>
    /// <param name="k">Inputs.</param>
    /// <param name="format">Storage of W.</param>
    /// <param name="againstDense">Whether it is held against the float32 product with one row, and not against the memory.</param>
    public static KernelCase Decode(ComputePool pool, int n, int k, WeightFormat format, bool againstDense = false)
    {
        double bytes = BytesOf(n, k, format);
        KernelTrial Prepare()
        {
            var bank = new TensorBank();
            WeightMatrix[] turns = Turns(bank, pool, n, k, format);
            Tensor x = bank.Normal(1, k), y = bank.Zeros(1, n);
            int next = 0, nextDense = 0;
            WeightMatrix[] dense = againstDense ? Turns(bank, pool, n, k, WeightFormat.F32) : [];
            return new KernelTrial(() => MatMul.Forward(pool, y, x, turns[next++ % turns.Length]))
            {
                Check = () => ProductCheck.Forward(y, x, turns[0]),
                Yardstick = againstDense ? () => MatMul.Forward(pool, y, x, dense[nextDense++ % dense.Length]) : null,
                Operands = bank,
            };
        }

        return againstDense
            ? new KernelCase($"{Name(format)} product", Shape(1, n, k), LimitKind.DenseProduct, 2.0 * n * k, Prepare)
            : new KernelCase($"{Name(format)} decode", Shape(1, n, k), LimitKind.Read, bytes, Prepare);
    }

    private static WeightMatrix[] Turns(TensorBank bank, ComputePool pool, int n, int k, WeightFormat format)
    {
        WeightMatrix first = bank.Weights(pool, n, k, format);
        int count = (int)(RotatedBytes / BytesOf(n, k, format)) + 1;
        return [.. Enumerable.Range(0, count).Select(i => i == 0 ? first : bank.Copy(first))];
    }

    /// <summary>Bytes of a matrix as it is held.</summary>
    internal static double BytesOf(int n, int k, WeightFormat format) => WeightFormats.BytesOf(format, n, k);

    private static KernelTrial Trial(
        TensorBank bank, WeightFormat format, int n, int k, Action<WeightMatrix> product, WeightMatrix w, Func<string?> check)
    {
        WeightMatrix? dense = format == WeightFormat.F32 ? null : WeightMatrix.F32(bank.Normal(n, k));
        return new KernelTrial(() => product(w)) { Check = check, Yardstick = dense is null ? null : () => product(dense), Operands = bank };
    }

    private static KernelCase Case(string kernel, WeightFormat format, int m, int n, int k, Func<KernelTrial> prepare) => new(
        kernel, Shape(m, n, k), format == WeightFormat.F32 ? LimitKind.MultiplyAdd : LimitKind.DenseProduct, 2.0 * m * n * k, prepare);

    private static string Name(WeightFormat format) => format switch
    {
        WeightFormat.F32 => "fp32",
        WeightFormat.Bf16 => "bf16",
        WeightFormat.Nf4 => "nf4",
        _ => WeightFormats.NameOf(format),
    };

    private static string Shape(int m, int n, int k) => $"{m} x {n} x {k}";
}
