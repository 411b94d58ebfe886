using Temperament.Measures.Metrics;
using Temperament.Measures.Statistics;
using Temperament.Models.Decoder;

namespace Temperament.Measures.Interpretability;

/// <summary>
/// The neurons of one network with its adapter off and on. Over own text, the base model reads what it wrote itself and the tuned one what it
/// wrote; over the same text, both read what the tuned one wrote.
/// </summary>
/// <param name="OwnText">Ranking over own text; missing where an answer set has no position to read.</param>
/// <param name="SameText">Ranking over the tuned model's text; missing likewise.</param>
public sealed record NeuronComparison(Measured<IReadOnlyList<NeuronScore>> OwnText, Measured<IReadOnlyList<NeuronScore>> SameText)
{
    /// <summary>Compares.</summary>
    /// <param name="network">The network with its adapter on.</param>
    /// <param name="baseAnswers">What the model answered with the adapter off.</param>
    /// <param name="tunedAnswers">What it answered with the adapter on, emoji taken out.</param>
    /// <param name="emojiTokens">The tokens that begin an emoji; at least one.</param>
    /// <param name="positions">Only positions that hold one of these tokens, as sentence ends; null for all tokens of the answers.</param>
    public static NeuronComparison Of(
        DecoderNetwork network,
        IReadOnlyList<AnswerTokens> baseAnswers,
        IReadOnlyList<AnswerTokens> tunedAnswers,
        IReadOnlyList<int> emojiTokens,
        IReadOnlySet<int>? positions)
    {
        IReadOnlyList<IReadOnlyList<double>> write = LogitLens.NeuronWrite(network, emojiTokens);
        Measured<NeuronActivations> after = NeuronActivations.Of(network, tunedAnswers, positions);
        Measured<NeuronActivations> beforeOwn, beforeSame;
        using (AdapterSwitch.Off(network))
        {
            beforeOwn = NeuronActivations.Of(network, baseAnswers, positions);
            beforeSame = NeuronActivations.Of(network, tunedAnswers, positions);
        }

        return new NeuronComparison(Rank(beforeOwn), Rank(beforeSame));

        Measured<IReadOnlyList<NeuronScore>> Rank(Measured<NeuronActivations> before) =>
            !before.TryGet(out NeuronActivations? off) ? new Missing(before.Reason!)
            : !after.TryGet(out NeuronActivations? on) ? new Missing(after.Reason!)
            : Measured.Of(NeuronRanking.ByChange(off, on, write));
    }
}
