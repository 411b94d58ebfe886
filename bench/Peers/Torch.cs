using System.Globalization;

namespace Temperament.Benchmarks.Peers;

/// <summary>PyTorch's matrix product: float32 goes to its BLAS, bfloat16 to oneDNN. Only where some python3 can import torch.</summary>
internal sealed class Torch : IProductEngine
{
    // OpenMP's threads spin after a call.
    private const int SpinMilliseconds = 25;

    private readonly TorchProgram _program;
    private readonly string _type;

    private Torch(TorchProgram program, string type)
    {
        (_program, _type) = (program, type);
        Description = type == "float32"
            ? $"{program.Description}, float32" : $"{program.Description}; oneDNN: factors rounded to bfloat16, another arithmetic than ours";
    }

    public string Name => _type == "float32" ? "torch" : "torch bf16";

    public string Description { get; }

    /// <summary>Starts a Python; null, with a sentence that says how to get it, where none has torch.</summary>
    public static Torch? Open(string type, int threads, out string absent) =>
        TorchProgram.Start("torch_products.py", threads, out absent) is { } program ? new Torch(program, type) : null;

    public void Prepare(ProductShape shape) => _program.Prepare($"{_type} {shape.Kind} {shape.M} {shape.N} {shape.K}");

    public double SecondsPerCall(double seconds)
    {
        double time = double.Parse(_program.Ask(FormattableString.Invariant($"time {seconds}")), CultureInfo.InvariantCulture);
        Thread.Sleep(SpinMilliseconds);
        return time;
    }

    public void Dispose() => _program.Dispose();
}
