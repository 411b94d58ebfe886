using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Measures.Interpretability;

/// <summary>Sets chosen neurons to 0 at every position, so that what they write is gone from the pass.</summary>
public sealed class NeuronAblation : IActivationHook
{
    private readonly Dictionary<int, int[]> _indices;

    /// <summary>Makes the hook.</summary>
    /// <param name="neurons">The neurons to silence.</param>
    public NeuronAblation(IEnumerable<Neuron> neurons)
    {
        ArgumentNullException.ThrowIfNull(neurons);
        _indices = neurons.GroupBy(neuron => neuron.Layer).ToDictionary(group => group.Key, group => group.Select(neuron => neuron.Index).ToArray());
    }

    /// <inheritdoc/>
    public bool Wants(HookSite site, int layer) => site == HookSite.MlpHidden && _indices.ContainsKey(layer);

    /// <inheritdoc/>
    public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
    {
        int[] indices = _indices[layer];
        for (int row = 0; row < activation.Rows; row++)
        {
            Span<float> values = activation.Row(row);
            foreach (int index in indices)
            {
                values[index] = 0;
            }
        }
    }
}
