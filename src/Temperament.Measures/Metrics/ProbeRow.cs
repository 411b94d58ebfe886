using Temperament.Measures.Statistics;

namespace Temperament.Measures.Metrics;

/// <summary>How a model reads one given answer; all in nats.</summary>
/// <param name="AnswerLogProbability">Mean log-probability of the answer's tokens; missing for an empty answer.</param>
/// <param name="StopLogProbability">Log-probability that the answer ends after its last token.</param>
/// <param name="EmojiEndLog">Log-probability that an emoji begins after the last token.</param>
/// <param name="EmojiInsideMeanLog">Mean of the same over the positions that predict the answer's tokens; missing for an empty answer.</param>
public sealed record ProbeRow(
    Measured<double> AnswerLogProbability, double StopLogProbability, double EmojiEndLog, Measured<double> EmojiInsideMeanLog)
{
    /// <summary>Probability that an emoji begins after the last token.</summary>
    public double EmojiEnd => PortableMath.Exp(EmojiEndLog);

    /// <summary>Probability that the answer ends after its last token.</summary>
    public double Stop => PortableMath.Exp(StopLogProbability);
}
