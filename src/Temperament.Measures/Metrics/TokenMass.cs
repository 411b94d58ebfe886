using Temperament.Measures.Statistics;

namespace Temperament.Measures.Metrics;

/// <summary>The probability of a set of tokens together.</summary>
internal static class TokenMass
{
    /// <summary>ln of the summed softmax probability of some tokens, in double from float logits; minus infinity for no token.</summary>
    public static double Log(ReadOnlySpan<float> logits, double logSumExp, IReadOnlyList<int> ids)
    {
        if (ids.Count == 0)
        {
            return double.NegativeInfinity;
        }

        double largest = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < ids.Count; i++)
        {
            largest = Math.Max(largest, logits[ids[i]]);
        }

        for (int i = 0; i < ids.Count; i++)
        {
            sum += PortableMath.Exp(logits[ids[i]] - largest);
        }

        return Math.Min(0, largest + PortableMath.Log(sum) - logSumExp);
    }
}
