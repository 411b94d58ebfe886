using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>
/// Kernels that do little for each number, on tensors larger than the caches. Work is the least that must move: each operand that is
/// read once, and each that is written once.
/// </summary>
public static class RowCases
{
    private const int Rows = 2048, Columns = 8192;
    private const double Limit = 1e-12;

    /// <summary>All of them.</summary>
    /// <param name="pool">Threads.</param>
    public static IEnumerable<KernelCase> All(ComputePool pool) =>
    [
        RmsNormForward(pool), RmsNormBackward(pool), SwiGluForward(pool), SwiGluBackward(pool), RopeInPlace(pool), SoftmaxForward(pool),
        Loss(pool), Optimizer(pool),
    ];

    private static KernelCase RmsNormForward(ComputePool pool) => Moving("RMSNorm", 2, bank =>
    {
        Tensor x = bank.Normal(Rows, Columns), y = bank.Zeros(Rows, Columns), w = bank.Normal(1, Columns), rstd = bank.Zeros(1, Rows);
        return (() => RmsNorm.Forward(pool, y, rstd, x, w, 1e-5f), () => Check("RMSNorm", r =>
        {
            double factor = 1 / Math.Sqrt(Mean(c => (double)x[r, c] * x[r, c]) + 1e-5f);
            return c => (y[r, c], x[r, c] * factor * w[0, c]);
        }));
    });

    // dx is added to, so it is read and written; the scale is frozen, as under an adapter.
    private static KernelCase RmsNormBackward(ComputePool pool) => Moving("RMSNorm backward", 4, bank =>
    {
        Tensor x = bank.Normal(Rows, Columns), dy = bank.Normal(Rows, Columns), dx = bank.Zeros(Rows, Columns);
        Tensor w = bank.Normal(1, Columns), rstd = bank.Zeros(1, Rows), y = bank.Zeros(Rows, Columns);
        RmsNorm.Forward(pool, y, rstd, x, w, 1e-5f);
        return (() => RmsNorm.Backward(pool, dx, default, dy, x, w, rstd), () => Check("RMSNorm backward", r =>
        {
            double factor = 1 / Math.Sqrt(Mean(c => (double)x[r, c] * x[r, c]) + 1e-5f);
            double mean = Mean(c => (double)w[0, c] * dy[r, c] * x[r, c] * factor);
            return c => (dx[r, c], factor * (((double)w[0, c] * dy[r, c]) - (x[r, c] * factor * mean)));
        }));
    });

    private static KernelCase SwiGluForward(ComputePool pool) => Moving("SwiGLU", 3, bank =>
    {
        Tensor gate = bank.Normal(Rows, Columns), up = bank.Normal(Rows, Columns), y = bank.Zeros(Rows, Columns);
        return (() => SwiGlu.Forward(pool, y, gate, up),
            () => Check("SwiGLU", r => c => (y[r, c], (double)gate[r, c] * Sigmoid(gate[r, c]) * up[r, c])));
    });

    private static KernelCase SwiGluBackward(ComputePool pool) => Moving("SwiGLU backward", 5, bank =>
    {
        Tensor gate = bank.Normal(Rows, Columns), up = bank.Normal(Rows, Columns), dy = bank.Normal(Rows, Columns);
        Tensor dgate = bank.Zeros(Rows, Columns), dup = bank.Zeros(Rows, Columns);
        return (() => SwiGlu.Backward(pool, dgate, dup, dy, gate, up), () =>
            Check("SwiGLU backward, values", r => c => (dup[r, c], (double)dy[r, c] * gate[r, c] * Sigmoid(gate[r, c])))
            ?? Check("SwiGLU backward, gate", r => c =>
            {
                double sigmoid = Sigmoid(gate[r, c]);
                return (dgate[r, c], (double)dy[r, c] * up[r, c] * sigmoid * (1 + (gate[r, c] * (1 - sigmoid))));
            }));
    });

    private static KernelCase RopeInPlace(ComputePool pool) => Moving("RoPE", 2, bank =>
    {
        const int D = 128, Positions = 512;
        Tensor x = bank.Normal(Rows, Columns), cos = bank.Zeros(Positions, D / 2), sin = bank.Zeros(Positions, D / 2);
        int[] positions = [.. Enumerable.Range(0, Rows).Select(r => r % Positions)];
        for (int p = 0; p < Positions; p++)
        {
            for (int i = 0; i < D / 2; i++)
            {
                double turn = p / (1.0 + i);
                (cos[p, i], sin[p, i]) = ((float)((1 - (turn * turn)) / (1 + (turn * turn))), (float)(2 * turn / (1 + (turn * turn))));
            }
        }

        float[][] before = [.. Checked.Select(r => x.Row(r).ToArray())];
        return (() => Rope.Apply(pool, x, D, positions, cos, sin), () => Check("RoPE", r => c =>
        {
            float[] old = before[Array.IndexOf(Checked, r)];
            int i = c % (D / 2), p = positions[r], first = c - (c % D) + i;
            double a = old[first], b = old[first + (D / 2)];
            return (x[r, c], c % D < D / 2 ? (a * cos[p, i]) - (b * sin[p, i]) : (b * cos[p, i]) + (a * sin[p, i]));
        }));
    });

    private static KernelCase SoftmaxForward(ComputePool pool) => Moving("softmax", 2, bank =>
    {
        Tensor x = bank.Normal(Rows, Columns), y = bank.Zeros(Rows, Columns);
        return (() => Softmax.Forward(pool, y, x), () => Check("softmax", r =>
        {
            double sum = Sum(c => Math.Exp(x[r, c]));
            return c => (y[r, c], Math.Exp(x[r, c]) / sum);
        }));
    });

    // Gradients take the place of the logits.
    private static KernelCase Loss(ComputePool pool) => Moving("cross-entropy", 2, bank =>
    {
        Tensor logits = bank.Normal(Rows, Columns), losses = bank.Zeros(1, Rows);
        int[] targets = [.. Enumerable.Range(0, Rows).Select(r => r * 3)];
        float[][] before = [.. Checked.Select(r => logits.Row(r).ToArray())];
        return (() => CrossEntropy.ForwardBackward(pool, losses, logits, targets, 0.5f), () => Check("cross-entropy", r =>
        {
            float[] old = before[Array.IndexOf(Checked, r)];
            double sum = Sum(c => Math.Exp(old[c]));
            return c => c == 0
                ? (losses[0, r], Math.Log(sum) - old[targets[r]])
                : (logits[r, c], 0.5 * ((Math.Exp(old[c]) / sum) - (c == targets[r] ? 1 : 0)));
        }));
    });

    private static KernelCase Optimizer(ComputePool pool) => Moving("AdamW", 7, bank =>
    {
        Tensor p = bank.Normal(Rows, Columns), g = bank.Normal(Rows, Columns), m = bank.Zeros(Rows, Columns), v = bank.Zeros(Rows, Columns);
        float[][] before = [.. Checked.Select(r => p.Row(r).ToArray())];
        var settings = new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0.01, 1);
        return (() => AdamW.Step(pool, p, g, m, v, settings), () => Check("AdamW", r => c =>
        {
            // After the first step the corrected moments are g and g^2.
            double old = before[Array.IndexOf(Checked, r)][c];
            return (p[r, c], (old * (1 - (1e-3 * 0.01))) - (1e-3 * g[r, c] / (Math.Abs(g[r, c]) + 1e-8)));
        }));
    });

    private static readonly int[] Checked = [1, 517, Rows - 1];

    private static double Mean(Func<int, double> number) => Sum(number) / Columns;

    private static double Sum(Func<int, double> number)
    {
        double sum = 0;
        for (int c = 0; c < Columns; c++)
        {
            sum += number(c);
        }

        return sum;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static string? Check(string name, Func<int, Func<int, (double Got, double Defined)>> rowOf)
    {
        var deviation = default(Deviation);
        foreach (int r in Checked)
        {
            Func<int, (double Got, double Defined)> at = rowOf(r);
            for (int c = 0; c < Columns; c++)
            {
                (double got, double defined) = at(c);
                deviation.Add(got, defined);
            }
        }

        return deviation.Beyond(Limit, name);
    }

    private static KernelCase Moving(string kernel, int tensorsMoved, Func<TensorBank, (Action Run, Func<string?> Check)> prepare) =>
        new(kernel, $"{Rows} x {Columns}", LimitKind.Copy, (double)tensorsMoved * Rows * Columns * sizeof(float), () =>
        {
            var bank = new TensorBank();
            (Action run, Func<string?> check) = prepare(bank);
            return new KernelTrial(run) { Check = check, Operands = bank };
        });
}
