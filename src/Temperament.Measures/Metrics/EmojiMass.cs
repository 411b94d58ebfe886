using Temperament.Measures.Statistics;

namespace Temperament.Measures.Metrics;

/// <summary>
/// How probable an emoji was at each step of one sampled answer: log m_j, m_j being the total softmax probability at temperature 1 of the
/// tokens that begin an emoji. The step at which the answer ended is one of them.
/// </summary>
/// <param name="LogMasses">ln m_j of each step, at most 0.</param>
public sealed record EmojiMass(IReadOnlyList<double> LogMasses)
{
    /// <summary>Probability that the answer would have had an emoji, 1 - prod (1 - m_j); missing without a step.</summary>
    public Measured<double> ExpectedShare
    {
        get
        {
            if (LogMasses.Count == 0)
            {
                return new Missing("no step");
            }

            double product = 1;
            foreach (double log in LogMasses)
            {
                product *= 1 - Math.Min(1, PortableMath.Exp(log));
            }

            return 1 - product;
        }
    }

    /// <summary>Mean of ln m_j over the steps, in nats; missing without a step.</summary>
    public Measured<double> MeanLog => Sample.Mean(LogMasses);
}
