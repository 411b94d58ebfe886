using Temperament.Measures.Metrics;
using Temperament.Measures.Statistics;
using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Measures.Interpretability;

/// <summary>Mean activation of every neuron over chosen positions of answers.</summary>
/// <param name="Means">Mean of each neuron: block by block, coordinate by coordinate.</param>
/// <param name="Positions">Number of positions that the means are of.</param>
public sealed record NeuronActivations(IReadOnlyList<IReadOnlyList<double>> Means, int Positions)
{
    private const int MostRows = 1024;

    /// <summary>Mean activation of one neuron.</summary>
    /// <param name="neuron">The neuron.</param>
    public double this[Neuron neuron] => Means[neuron.Layer][neuron.Index];

    /// <summary>Reads answers and averages.</summary>
    /// <param name="network">The network, with its adapter on or off (see <see cref="AdapterSwitch"/>).</param>
    /// <param name="answers">Prompts with answers, the model's own or given ones.</param>
    /// <param name="only">Only positions that hold one of these tokens, as sentence ends; null for all tokens of the answers.</param>
    /// <returns>Missing where the answers have no such position.</returns>
    public static Measured<NeuronActivations> Of(DecoderNetwork network, IReadOnlyList<AnswerTokens> answers, IReadOnlySet<int>? only = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(answers);
        var hook = new SumHook(network.Config.Layers, network.Config.FeedForwardSize);
        var hooks = new HookSet(hook);
        using var state = new DecoderState(keepsActivations: false);
        int positions = 0;
        for (int start = 0; start < answers.Count;)
        {
            int end = start, size = 0;
            while (end < answers.Count && (end == start || size + answers[end].All.Length <= MostRows))
            {
                size += answers[end++].All.Length;
            }

            TokenBatch batch = TokenBatch.From([.. answers.Skip(start).Take(end - start).Select(answer => new TokenSequence(answer.All))]);
            hook.Rows = ChosenRows(batch, [.. answers.Skip(start).Take(end - start)], only);
            positions += hook.Rows.Length;
            network.Forward(batch, state, hooks: hooks);
            start = end;
        }

        return positions == 0
            ? new Missing(only is null ? "no answer token" : "no answer has a sentence end")
            : new NeuronActivations([.. hook.Sums.Select(sums => sums.Select(sum => sum / positions).ToArray())], positions);
    }

    private static int[] ChosenRows(TokenBatch batch, AnswerTokens[] answers, IReadOnlySet<int>? only)
    {
        var rows = new List<int>();
        for (int s = 0; s < answers.Length; s++)
        {
            for (int row = batch.Starts[s] + answers[s].Prompt.Length; row < batch.Starts[s + 1]; row++)
            {
                if (only is null || only.Contains(batch.Tokens[row]))
                {
                    rows.Add(row);
                }
            }
        }

        return [.. rows];
    }

    private sealed class SumHook(int layers, int width) : IActivationHook
    {
        public double[][] Sums { get; } = [.. Enumerable.Range(0, layers).Select(_ => new double[width])];

        public int[] Rows { get; set; } = [];

        public bool Wants(HookSite site, int layer) => site == HookSite.MlpHidden;

        public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
        {
            double[] sums = Sums[layer];
            foreach (int row in Rows)
            {
                ReadOnlySpan<float> values = activation.Row(row);
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i] += values[i];
                }
            }
        }
    }
}
