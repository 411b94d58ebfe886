using Temperament.Models.Hooks;
using Temperament.Tensors.Random;

namespace Temperament.Measures.Interpretability;

/// <summary>
/// Tests whether the highest neurons of a ranking carry the effect: answers are generated with the k highest silenced, and with random draws
/// of k others that lie in the same blocks, as many in each.
/// </summary>
public static class AblationExperiment
{
    /// <summary>Runs the experiment.</summary>
    /// <param name="ranking">Neurons, highest first; all neurons of the network.</param>
    /// <param name="counts">The k to try.</param>
    /// <param name="draws">Random draws per k.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="answer">Generates the answers to the same questions with the same sampling seed under hooks.</param>
    /// <param name="judge">Looks at answers, as <see cref="AblationRate.Of"/> does.</param>
    /// <returns>One step per k.</returns>
    public static IReadOnlyList<AblationStep> Run(
        IReadOnlyList<NeuronScore> ranking,
        IReadOnlyList<int> counts,
        int draws,
        long seed,
        Func<HookSet, IReadOnlyList<string>> answer,
        Func<IReadOnlyList<string>, AblationRate> judge)
    {
        ArgumentNullException.ThrowIfNull(ranking);
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(judge);
        ArgumentOutOfRangeException.ThrowIfNegative(draws);
        var steps = new List<AblationStep>();
        foreach (int k in counts)
        {
            Neuron[] top = [.. ranking.Take(k).Select(score => score.Neuron)];
            steps.Add(new AblationStep(
                k,
                top,
                Silence(top),
                [.. Enumerable.Range(0, draws).Select(draw => Silence(RandomLike(top, ranking, new RandomStream(seed, $"ablation/{k}/{draw}"))))]));
        }

        return steps;

        AblationRate Silence(IEnumerable<Neuron> neurons) => judge(answer(new HookSet(new NeuronAblation(neurons))));
    }

    /// <summary>Draws as many neurons of each block as are given, none of them given.</summary>
    /// <param name="neurons">The neurons to match.</param>
    /// <param name="ranking">All neurons.</param>
    /// <param name="stream">Random numbers.</param>
    /// <exception cref="ArgumentException">A block has too few other neurons.</exception>
    internal static IReadOnlyList<Neuron> RandomLike(IReadOnlyList<Neuron> neurons, IReadOnlyList<NeuronScore> ranking, RandomStream stream)
    {
        var drawn = new List<Neuron>();
        HashSet<Neuron> given = [.. neurons];
        foreach (IGrouping<int, Neuron> layer in neurons.GroupBy(neuron => neuron.Layer).OrderBy(group => group.Key))
        {
            Neuron[] others =
            [
                .. ranking.Select(score => score.Neuron).Where(neuron => neuron.Layer == layer.Key && !given.Contains(neuron))
                    .OrderBy(neuron => neuron.Index),
            ];
            int count = layer.Count();
            if (others.Length < count)
            {
                throw new ArgumentException($"Block {layer.Key} has {others.Length} other neurons, {count} are needed.", nameof(ranking));
            }

            stream.Shuffle<Neuron>(others);
            drawn.AddRange(others.Take(count));
        }

        return drawn;
    }
}
