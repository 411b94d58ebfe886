using System.Runtime.CompilerServices;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Tensors.Kernels;

/// <summary>Cross-entropy of each row with its target token: loss = log sum e^logits - logits[target], in nats.</summary>
public static unsafe class CrossEntropy
{
    /// <summary>A target that is not scored: loss 0, gradient 0.</summary>
    public const int Ignored = -100;

    /// <summary>The loss of every row.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="losses">(1, R) output.</param>
    /// <param name="logits">(R, V) logits.</param>
    /// <param name="targets">(R) token to predict, or <see cref="Ignored"/>.</param>
    public static void Forward(ComputePool pool, Tensor losses, Tensor logits, ReadOnlySpan<int> targets) =>
        Run(pool, losses, logits, targets, 0, default, gradients: false);

    /// <summary>The loss of every row, and the gradients in place of the logits.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="losses">(1, R) output, not scaled.</param>
    /// <param name="logits">(R, V) logits, overwritten by (softmax - one hot target) * scale; rows of ignored targets become 0.</param>
    /// <param name="targets">(R) token to predict, or <see cref="Ignored"/>.</param>
    /// <param name="scale">Weight of each loss in the total.</param>
    public static void ForwardBackward(ComputePool pool, Tensor losses, Tensor logits, ReadOnlySpan<int> targets, float scale) =>
        Run(pool, losses, logits, targets, scale, default, gradients: true);

    /// <summary>The loss of every row, and the gradients in place of the logits, each row with a weight of its own.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="losses">(1, R) output, not scaled.</param>
    /// <param name="logits">(R, V) logits, overwritten by (softmax - one hot target) * scale of the row; rows of ignored targets become 0.</param>
    /// <param name="targets">(R) token to predict, or <see cref="Ignored"/>.</param>
    /// <param name="scales">(R) weight of each loss in the total.</param>
    public static void ForwardBackward(
        ComputePool pool, Tensor losses, Tensor logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> scales)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, logits.Rows);
        Run(pool, losses, logits, targets, 0, scales, gradients: true);
    }

    private static void Run(
        ComputePool pool, Tensor losses, Tensor logits, ReadOnlySpan<int> targets, float scale, ReadOnlySpan<float> scales, bool gradients)
    {
        Chunks.ThrowIfNotShape(losses, 1, logits.Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(targets.Length, logits.Rows);
        foreach (int target in targets)
        {
            if (target != Ignored)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)target, (uint)logits.Columns, nameof(targets));
            }
        }

        fixed (int* tokens = targets)
        fixed (float* weights = scales)
        {
            var job = new Job(new RowView(losses), new RowView(logits), tokens, scale, weights, gradients, Chunks.RowsOf(logits.Columns));
            Chunks.Run(pool, Chunks.Count(logits.Rows, job.RowsOfChunk), logits.Count, job);
        }

        losses.KeepAlive();
        logits.KeepAlive();
    }

    private readonly struct Job(RowView losses, RowView logits, int* targets, float scale, float* scales, bool gradients, int rowsOfChunk) : IParallelJob
    {
        public int RowsOfChunk => rowsOfChunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk)
        {
            for (int r = chunk * rowsOfChunk; r < Math.Min(logits.Rows, (chunk + 1) * rowsOfChunk); r++)
            {
                *losses.At(0, r) = targets[r] == Ignored ? Ignore(r) : Score(r, targets[r]);
            }
        }

        private float Ignore(int r)
        {
            if (gradients)
            {
                new Span<float>(logits.Row(r), logits.Columns).Clear();
            }

            return 0;
        }

        private float Score(int r, int target)
        {
            int V = logits.Columns;
            float* x = logits.Row(r), next = logits.Row(Math.Min(r + 1, logits.Rows - 1));
            float max = Reduce.Max(x, V), atTarget = x[target];
            float sum = gradients ? Reduce.ExpSum(x, x, max, V, next) : Reduce.ExpSum(x, max, V, next);
            if (gradients)
            {
                // The probability of the target is taken before scaling, so that (p - 1) * scale is rounded as it is for the others.
                float probability = x[target] / sum;
                float weight = scales is null ? scale : scales[r];
                Elementwise.Scale(x, weight / sum, V);
                x[target] = (probability - 1) * weight;
            }

            return (float)((double)max - atTarget + Log.Of(sum));
        }
    }
}
