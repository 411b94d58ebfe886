using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// Cross-entropy of the next token over the rows that have a target. Logits are made for those rows only, a few at a time, and never
/// leave this class.
/// </summary>
public static class LanguageLoss
{
    // 64 MiB of logits, within 252 and 1,032 rows: products like many rows, and whole tiles of 12.
    private const int LogitFloats = 1 << 24, LeastRows = 252, MostRows = 1032, TileRows = 12;

    /// <summary>Rows whose logits are made at once. No bit depends on it.</summary>
    /// <param name="vocabulary">Number of tokens, V.</param>
    public static int RowsAtOnce(int vocabulary) => Math.Clamp(LogitFloats / vocabulary, LeastRows, MostRows) / TileRows * TileRows;

    /// <summary>Scores every target of a batch.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batch">The rows, with their targets.</param>
    /// <param name="state">Scratch.</param>
    /// <param name="hooks">Readers and writers of activations; null for none.</param>
    /// <returns>(R) -log p(target) in nats of each row; 0 where there is no target.</returns>
    public static float[] Score(DecoderNetwork network, TokenBatch batch, DecoderState state, Hooks.HookSet? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(batch);
        Tensor final = network.Forward(batch, state, hooks: hooks);
        return Run(network, batch, state, final, scales: null, dfinal: default);
    }

    /// <summary>Scores every target and adds the gradients of all trainable parameters.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batch">The rows, with their targets.</param>
    /// <param name="state">Scratch that keeps activations.</param>
    /// <param name="gradientScale">Weight of a target: 1 / number of targets of the whole step.</param>
    /// <param name="hooks">Readers and writers of activations, whose gradient is that of the identity; null for none.</param>
    /// <returns>(R) -log p(target) in nats of each row, before the weight; 0 where there is no target.</returns>
    public static float[] Backward(
        DecoderNetwork network, TokenBatch batch, DecoderState state, float gradientScale, Hooks.HookSet? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(state);
        Tensor final = network.Forward(batch, state, hooks: hooks);
        var scales = new float[batch.Rows];
        Array.Fill(scales, gradientScale);
        return Backward(network, batch, state, final, scales);
    }

    /// <summary>Scores every target, lets the caller weigh the rows by their scores, and adds the gradients.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batch">The rows, with their targets.</param>
    /// <param name="state">Scratch that keeps activations.</param>
    /// <param name="weigh">Gives the (R) weights of the rows in the total from the (R) -log p(target) in nats.</param>
    /// <param name="hooks">Readers and writers of activations, whose gradient is that of the identity; null for none.</param>
    public static void Backward(
        DecoderNetwork network, TokenBatch batch, DecoderState state, Func<float[], float[]> weigh, Hooks.HookSet? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(weigh);
        Tensor final = network.Forward(batch, state, hooks: hooks);
        float[] losses = Run(network, batch, state, final, scales: null, dfinal: default);
        Backward(network, batch, state, final, weigh(losses));
    }

    private static float[] Backward(DecoderNetwork network, TokenBatch batch, DecoderState state, Tensor final, float[] scales)
    {
        long mark = state.Scratch.Mark();
        Tensor dfinal = state.Scratch.Take(batch.Rows, network.Config.HiddenSize);
        dfinal.Clear();
        float[] losses = Run(network, batch, state, final, scales, dfinal);
        network.Backward(state, dfinal);
        state.Scratch.Release(mark);
        return losses;
    }

    private static float[] Run(
        DecoderNetwork network, TokenBatch batch, DecoderState state, Tensor final, float[]? scales, Tensor dfinal)
    {
        var losses = new float[batch.Rows];
        int[] rows = [.. Enumerable.Range(0, batch.Rows).Where(r => batch.Targets[r] != TokenBatch.NoTarget)];
        int most = RowsAtOnce(network.Config.VocabularySize);
        for (int start = 0; start < rows.Length; start += most)
        {
            int count = Math.Min(most, rows.Length - start);
            long mark = state.Scratch.Mark();
            Tensor hidden = state.Scratch.Take(count, network.Config.HiddenSize);
            Tensor logits = state.Scratch.Take(count, network.Config.VocabularySize);
            Tensor chunkLosses = state.Scratch.Take(1, count);
            var targets = new int[count];
            for (int i = 0; i < count; i++)
            {
                final.Row(rows[start + i]).CopyTo(hidden.Row(i));
                targets[i] = batch.Targets[rows[start + i]];
            }

            network.Logits(logits, hidden);
            if (scales is not null)
            {
                Tensor capped = network.Config.LogitCap > 0 ? state.Scratch.Take(count, network.Config.VocabularySize) : default;
                if (!capped.IsEmpty)
                {
                    capped.CopyFrom(logits);
                }

                CrossEntropy.ForwardBackward(
                    network.Pool, chunkLosses, logits, targets, Array.ConvertAll(rows[start..(start + count)], r => scales[r]));
                network.LogitsBackward(logits, capped, hidden, state.Scratch);
                for (int i = 0; i < count; i++)
                {
                    hidden.Row(i).CopyTo(dfinal.Row(rows[start + i]));
                }
            }
            else
            {
                CrossEntropy.Forward(network.Pool, chunkLosses, logits, targets);
            }

            for (int i = 0; i < count; i++)
            {
                losses[rows[start + i]] = chunkLosses[0, i];
            }

            state.Scratch.Release(mark);
        }

        return losses;
    }
}
