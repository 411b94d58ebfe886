using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Measures.Interpretability;

/// <summary>Adds fixed amounts to chosen neurons where chosen tokens stand, so that a model acts as if they were more active there.</summary>
public sealed class NeuronPush : IActivationHook
{
    private readonly Dictionary<int, (int Index, float Amount)[]> _amounts;
    private readonly IReadOnlySet<int> _at;

    /// <summary>Makes the hook.</summary>
    /// <param name="amounts">The neurons and what is added to each.</param>
    /// <param name="at">Only at positions that hold one of these tokens, as sentence ends.</param>
    public NeuronPush(IEnumerable<(Neuron Neuron, double Amount)> amounts, IReadOnlySet<int> at)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        ArgumentNullException.ThrowIfNull(at);
        _amounts = amounts.GroupBy(pair => pair.Neuron.Layer)
            .ToDictionary(group => group.Key, group => group.Select(pair => (pair.Neuron.Index, (float)pair.Amount)).ToArray());
        _at = at;
    }

    /// <inheritdoc/>
    public bool Wants(HookSite site, int layer) => site == HookSite.MlpHidden && _amounts.ContainsKey(layer);

    /// <inheritdoc/>
    public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (int Index, float Amount)[] amounts = _amounts[layer];
        for (int row = 0; row < activation.Rows; row++)
        {
            if (!_at.Contains(batch.Tokens[row]))
            {
                continue;
            }

            Span<float> values = activation.Row(row);
            foreach ((int index, float amount) in amounts)
            {
                values[index] += amount;
            }
        }
    }
}
