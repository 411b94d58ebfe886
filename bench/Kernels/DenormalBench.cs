using Temperament.Benchmarks.Peers;
using Temperament.Tensors.Diagnostics.Cases;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Kernels;

/// <summary>
/// <c>denormals</c>: kernels on numbers below 2^-126 against the same kernels on ordinary numbers, in turns. Nothing is flushed to zero, so a
/// machine that handles such numbers in microcode would show here.
/// </summary>
internal static class DenormalBench
{
    private const int Rows = 64, Columns = 1024;
    private const float Tiny = 1e-40f;
    private const double Must = 2, Seconds = 0.02;

    /// <summary>Measures and prints. 1 where a kernel is slower than it may be, else 0.</summary>
    public static int Run(BenchOptions options)
    {
        using var pool = new ComputePool(options.Threads);
        using var bank = new TensorBank();
        Tensor ordinary = bank.Normal(Rows, Columns), tiny = bank.Normal(Rows, Columns), y = bank.Zeros(Rows, Columns);
        Tensor weights = bank.Normal(Columns, Columns), scale = bank.Normal(1, Columns), rstd = bank.Zeros(1, Rows), losses = bank.Zeros(1, Rows);
        Elementwise.Scale(pool, tiny, Tiny);
        Tensor thin = bank.Normal(Columns, Columns);
        Elementwise.Scale(pool, thin, Tiny);
        Tensor Input(bool below) => below ? tiny : ordinary;
        (string Name, Action<bool> Run)[] kernels =
        [
            ("fp32 product", below => MatMul.Forward(pool, y, Input(below), WeightMatrix.F32(weights))),
            ("fp32 product of denormal weights", below => MatMul.Forward(pool, y, ordinary, WeightMatrix.F32(below ? thin : weights))),
            ("fp32 decode", below => MatMul.Forward(pool, y.SliceRows(0, 1), Input(below).SliceRows(0, 1), WeightMatrix.F32(weights))),
            ("RMSNorm", below => RmsNorm.Forward(pool, y, rstd, Input(below), scale, 1e-5f)),
            ("SwiGLU", below => SwiGlu.Forward(pool, y, Input(below), Input(below))),
            ("softmax", below => Softmax.Forward(pool, y, Input(below))),
            ("log-sum-exp", below => Softmax.LogSumExp(pool, losses, Input(below))),
        ];
        int slow = 0;
        foreach ((string name, Action<bool> run) in kernels)
        {
            run(false);
            double[] plain = new double[options.Rounds], denormal = new double[options.Rounds];
            for (int round = 0; round < options.Rounds; round++)
            {
                plain[round] = Timing.SecondsPerCall(() => run(false), Seconds);
                denormal[round] = Timing.SecondsPerCall(() => run(true), Seconds);
            }

            double ratio = Rounds.MedianRatio(denormal, plain);
            slow += ratio <= Must ? 0 : 1;
            Console.WriteLine(FormattableString.Invariant($"{name,-34} {ratio:F2} times the time of ordinary numbers (at most {Must})  {(ratio <= Must ? "PASS" : "miss")}"));
        }

        return slow == 0 ? 0 : 1;
    }
}
