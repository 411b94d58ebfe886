using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Diagnostics.Cases;

/// <summary>Causal attention over one sequence, as many key-value heads as heads.</summary>
public static class AttentionCases
{
    /// <summary>The forward pass: two products over the pairs of tokens that see each other.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="tokens">Length of the sequence.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="size">Width of a head.</param>
    public static KernelCase Forward(ComputePool pool, int tokens, int heads, int size) =>
        new("attention", Shape(tokens, heads, size), LimitKind.MultiplyAdd, 2 * ProductWork(tokens, heads, size), () =>
        {
            var bank = new TensorBank();
            var operands = new AttentionOperands(bank, tokens, heads, size);
            return new KernelTrial(() => operands.Forward(pool)) { Check = operands.CheckForward, Operands = bank };
        });

    /// <summary>The backward pass: five products, the scores being computed again.</summary>
    /// <inheritdoc cref="Forward"/>
    public static KernelCase Backward(ComputePool pool, int tokens, int heads, int size) =>
        new("attention backward", Shape(tokens, heads, size), LimitKind.MultiplyAdd, 5 * ProductWork(tokens, heads, size), () =>
        {
            var bank = new TensorBank();
            var operands = new AttentionOperands(bank, tokens, heads, size);
            operands.Forward(pool);
            return new KernelTrial(() => operands.Backward(pool)) { Check = operands.CheckBackward, Operands = bank };
        });

    private static double ProductWork(int tokens, int heads, int size) => 2.0 * heads * size * ((double)tokens * (tokens + 1) / 2);

    private static string Shape(int tokens, int heads, int size) => $"{tokens} tokens, {heads} x {size}";
}

/// <summary>The tensors of one attention and its definition in float64 for a few rows of one head.</summary>
internal sealed class AttentionOperands
{
    private readonly AttentionSegment[] _segments;
    private readonly Tensor _q, _k, _v, _y, _lse, _dy, _dq, _dk, _dv;
    private readonly int _tokens, _heads, _size;
    private readonly float _scale;

    public AttentionOperands(TensorBank bank, int tokens, int heads, int size)
    {
        (_tokens, _heads, _size, _scale) = (tokens, heads, size, (float)(1 / Math.Sqrt(size)));
        _segments = [new AttentionSegment(0, tokens, 0, 0)];
        int width = heads * size;
        (_q, _k, _v, _dy) = (bank.Normal(tokens, width), bank.Normal(tokens, width), bank.Normal(tokens, width), bank.Normal(tokens, width));
        (_y, _dq, _dk, _dv) = (bank.Zeros(tokens, width), bank.Zeros(tokens, width), bank.Zeros(tokens, width), bank.Zeros(tokens, width));
        _lse = bank.Zeros(tokens, heads);
    }

    private int Head => _heads / 2;

    public void Forward(ComputePool pool) => Attention.Forward(pool, _y, _lse, _q, _k, _v, _segments, _heads, _heads, _scale);

    public void Backward(ComputePool pool) =>
        Attention.Backward(pool, _dq, _dk, _dv, _dy, _y, _q, _k, _v, _lse, _segments, _heads, _heads, _scale);

    public string? CheckForward()
    {
        var deviation = default(Deviation);
        foreach (int i in Rows())
        {
            double[] weights = Weights(i);
            for (int d = 0; d < _size; d++)
            {
                deviation.Add(At(_y, i, d), Enumerable.Range(0, i + 1).Sum(j => weights[j] * At(_v, j, d)));
            }
        }

        return deviation.Beyond(1e-12, "attention");
    }

    // Gradients are added: the first call, which is the one that is checked, added them to zeros.
    public string? CheckBackward()
    {
        double[] dk = new double[_size], dv = new double[_size];
        int key = _tokens / 3;
        var deviation = default(Deviation);
        for (int i = key; i < _tokens; i++)
        {
            double[] weights = Weights(i);
            double[] dscores = ScoreGradients(i, weights);
            for (int d = 0; d < _size; d++)
            {
                dv[d] += weights[key] * At(_dy, i, d);
                dk[d] += _scale * dscores[key] * At(_q, i, d);
                if (i % 97 == 0 || i == _tokens - 1)
                {
                    deviation.Add(At(_dq, i, d), _scale * Enumerable.Range(0, i + 1).Sum(j => dscores[j] * At(_k, j, d)));
                }
            }
        }

        for (int d = 0; d < _size; d++)
        {
            deviation.Add(At(_dk, key, d), dk[d]);
            deviation.Add(At(_dv, key, d), dv[d]);
        }

        return deviation.Beyond(1e-10, "attention backward");
    }

    private int[] Rows() => [.. new[] { 0, 1, 63, 64, _tokens / 2, _tokens - 1 }.Where(i => i < _tokens).Distinct()];

    private float At(Tensor tensor, int row, int d) => tensor[row, (Head * _size) + d];

    private double Dot(Tensor a, int i, Tensor b, int j)
    {
        double sum = 0;
        for (int d = 0; d < _size; d++)
        {
            sum += (double)At(a, i, d) * At(b, j, d);
        }

        return sum;
    }

    private double[] Weights(int i)
    {
        double[] scores = [.. Enumerable.Range(0, i + 1).Select(j => _scale * Dot(_q, i, _k, j))];
        double largest = scores.Max(), sum = scores.Sum(s => Math.Exp(s - largest));
        return [.. scores.Select(s => Math.Exp(s - largest) / sum)];
    }

    private double[] ScoreGradients(int i, double[] weights)
    {
        double[] dweights = [.. Enumerable.Range(0, i + 1).Select(j => Dot(_dy, i, _v, j))];
        double mean = weights.Zip(dweights, (p, dp) => p * dp).Sum();
        return [.. weights.Zip(dweights, (p, dp) => p * (dp - mean))];
    }
}
