using Temperament.Models.Decoder;

namespace Temperament.Methods.Training;

/// <summary>
/// Direct preference optimisation: -log sigmoid(beta * ((log p - log p_ref)(chosen) - (log p - log p_ref)(rejected))), averaged over the
/// pairs of a step; log p is the sum over the scored tokens. Rafailov et al. 2023, https://arxiv.org/abs/2305.18290.
/// </summary>
public static class PreferenceLoss
{
    /// <summary>Losses and margins of the pairs of a micro-batch.</summary>
    /// <param name="batch">Chosen sequences, then rejected ones.</param>
    /// <param name="losses">(R) -log p(target) of each row under the trained model.</param>
    /// <param name="reference">(R) -log p(target) of each row under the reference.</param>
    /// <param name="beta">How strongly the reference holds.</param>
    public static IReadOnlyList<PreferencePair> Pairs(MicroBatch batch, float[] losses, float[] reference, double beta)
    {
        ArgumentNullException.ThrowIfNull(batch);
        double[] trained = Sums(batch.Tokens, losses), fixedOnes = Sums(batch.Tokens, reference);
        return [.. Enumerable.Range(0, batch.Pairs).Select(i =>
        {
            int other = i + batch.Pairs;
            return new PreferencePair(beta * (fixedOnes[i] - trained[i]), beta * (fixedOnes[other] - trained[other]));
        })];
    }

    /// <summary>The weight of each row's -log p in the loss of the step: its derivative.</summary>
    /// <param name="batch">Chosen sequences, then rejected ones.</param>
    /// <param name="pairs">What <see cref="Pairs"/> gave.</param>
    /// <param name="beta">How strongly the reference holds.</param>
    /// <param name="pairsOfStep">Number of pairs of the whole step.</param>
    public static float[] Weights(MicroBatch batch, IReadOnlyList<PreferencePair> pairs, double beta, int pairsOfStep)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(pairs);
        var weights = new float[batch.Tokens.Rows];
        for (int s = 0; s < batch.Tokens.Sequences; s++)
        {
            // d loss / d margin = -sigmoid(-margin); the margin falls with -log p of the chosen answer and rises with that of the rejected.
            double slope = beta / (1 + Math.Exp(pairs[s % batch.Pairs].Margin)) / pairsOfStep;
            weights.AsSpan(batch.Tokens.Starts[s]..batch.Tokens.Starts[s + 1]).Fill((float)(s < batch.Pairs ? slope : -slope));
        }

        return weights;
    }

    private static double[] Sums(TokenBatch batch, float[] losses)
    {
        var sums = new double[batch.Sequences];
        for (int s = 0; s < sums.Length; s++)
        {
            for (int r = batch.Starts[s]; r < batch.Starts[s + 1]; r++)
            {
                sums[s] += losses[r];
            }
        }

        return sums;
    }
}

/// <summary>Rewards of a pair: beta * (log p - log p_ref).</summary>
/// <param name="Chosen">Of the answer that is preferred.</param>
/// <param name="Rejected">Of the other.</param>
public readonly record struct PreferencePair(double Chosen, double Rejected)
{
    /// <summary>How much higher the chosen answer is rewarded.</summary>
    public double Margin => Chosen - Rejected;

    /// <summary>-log sigmoid(margin), in nats.</summary>
    public double Loss => Margin > 0 ? LogOnePlus(Math.Exp(-Margin)) : LogOnePlus(Math.Exp(Margin)) - Margin;

    // log(1 + x) for x of 0 to 1 without losing what is small.
    private static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
