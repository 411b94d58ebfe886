using Temperament.Tensors.Diagnostics.Cases;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Peers;

/// <summary>Our own products.</summary>
internal sealed class OwnProducts(ComputePool pool) : IProductEngine
{
    private TensorBank? _bank;
    private Action _run = () => { };

    public string Name => "temper";

    public string Description => "this engine: float32, every element one chain of fused multiply-adds";

    /// <summary>Left operand, right operand and result of the prepared product, row by row.</summary>
    public (Tensor A, Tensor B, Tensor C) Operands { get; private set; }

    public void Prepare(ProductShape shape)
    {
        _bank?.Dispose();
        _bank = new TensorBank();
        (int m, int n, int k) = (shape.M, shape.N, shape.K);
        switch (shape.Kind)
        {
            case ProductKind.Forward:
                (Tensor x, Tensor w, Tensor y) = Operands = (_bank.Normal(m, k), _bank.Normal(n, k), _bank.Zeros(m, n));
                _run = () => MatMul.Forward(pool, y, x, WeightMatrix.F32(w));
                break;
            case ProductKind.InputGradient:
                (Tensor dy, Tensor weights, Tensor dx) = Operands = (_bank.Normal(m, n), _bank.Normal(n, k), _bank.Zeros(m, k));
                _run = () => MatMul.BackwardInput(pool, dx, dy, WeightMatrix.F32(weights), accumulate: false);
                break;
            default:
                (Tensor gradient, Tensor input, Tensor dw) = Operands = (_bank.Normal(m, n), _bank.Normal(m, k), _bank.Zeros(n, k));
                _run = () => MatMul.BackwardWeight(pool, dw, gradient, input, accumulate: false);
                break;
        }

        _run();
    }

    public double SecondsPerCall(double seconds) => Timing.SecondsPerCall(_run, seconds);

    public void Dispose() => _bank?.Dispose();
}
