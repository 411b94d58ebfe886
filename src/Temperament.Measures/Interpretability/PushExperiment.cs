using Temperament.Models.Hooks;
using Temperament.Tensors.Random;

namespace Temperament.Measures.Interpretability;

/// <summary>Answers of the untuned model with the k highest neurons pushed, beside those with the same amounts on k random ones of the same blocks.</summary>
/// <param name="Strength">By how much of the change that tuning made they were pushed: 1 for the change itself.</param>
/// <param name="Count">Number of neurons pushed, k.</param>
/// <param name="Top">What pushing the highest shows.</param>
/// <param name="Random">What pushing random ones shows, one entry per draw.</param>
public sealed record PushStep(double Strength, int Count, AblationRate Top, IReadOnlyList<AblationRate> Random);

/// <summary>
/// The other direction of <see cref="AblationExperiment"/>: whether the highest neurons of a ranking are enough for the effect. In the untuned
/// model each of them gets a multiple of what tuning changed it by; in each random draw the same amounts go to as many others of the same blocks.
/// </summary>
public static class PushExperiment
{
    /// <summary>Runs the experiment.</summary>
    /// <param name="ranking">Neurons, highest first; all neurons of the network.</param>
    /// <param name="counts">The k to try.</param>
    /// <param name="strengths">The multiples to try.</param>
    /// <param name="draws">Random draws per k and multiple.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="at">Tokens at which neurons are pushed, as sentence ends.</param>
    /// <param name="answer">Generates the untuned model's answers to the same questions with the same sampling seed under hooks.</param>
    /// <param name="judge">Looks at answers, as <see cref="AblationRate.Of"/> does.</param>
    /// <returns>One step per multiple and k.</returns>
    public static IReadOnlyList<PushStep> Run(
        IReadOnlyList<NeuronScore> ranking,
        IReadOnlyList<int> counts,
        IReadOnlyList<double> strengths,
        int draws,
        long seed,
        IReadOnlySet<int> at,
        Func<HookSet, IReadOnlyList<string>> answer,
        Func<IReadOnlyList<string>, AblationRate> judge)
    {
        ArgumentNullException.ThrowIfNull(ranking);
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(strengths);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(judge);
        ArgumentOutOfRangeException.ThrowIfNegative(draws);
        var steps = new List<PushStep>();
        foreach (double strength in strengths)
        {
            foreach (int k in counts)
            {
                NeuronScore[] top = [.. ranking.Take(k)];
                steps.Add(new PushStep(strength, k, Push(top.Select(score => (score.Neuron, strength * (score.After - score.Before)))),
                    [.. Enumerable.Range(0, draws).Select(draw => Push(Elsewhere(top, strength, draw)))]));
            }
        }

        return steps;

        AblationRate Push(IEnumerable<(Neuron, double)> amounts) => judge(answer(new HookSet(new NeuronPush(amounts, at))));

        // The random neurons come block by block, so each takes the amount of one of its own block.
        IEnumerable<(Neuron, double)> Elsewhere(NeuronScore[] top, double strength, int draw)
        {
            IReadOnlyList<Neuron> others = AblationExperiment.RandomLike(
                [.. top.Select(score => score.Neuron)], ranking, new RandomStream(seed, $"push/{top.Length}/{draw}"));
            return others.Zip(top.OrderBy(score => score.Neuron.Layer), (neuron, score) => (neuron, strength * (score.After - score.Before)));
        }
    }
}
