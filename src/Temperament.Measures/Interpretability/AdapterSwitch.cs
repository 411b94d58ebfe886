using Temperament.Models.Decoder;

namespace Temperament.Measures.Interpretability;

/// <summary>Turns all low-rank branches of a network off until it is disposed of, so that one network is both base and tuned model.</summary>
public sealed class AdapterSwitch : IDisposable
{
    private readonly IReadOnlyList<LowRank> _enabled;

    private AdapterSwitch(IReadOnlyList<LowRank> enabled)
    {
        _enabled = enabled;
    }

    /// <summary>Turns the branches off.</summary>
    /// <param name="network">The network; without an adapter nothing changes.</param>
    public static AdapterSwitch Off(DecoderNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        LowRank[] enabled = [.. network.Weights.Linears.Select(linear => linear.Adapter).OfType<LowRank>().Where(adapter => adapter.IsEnabled)];
        foreach (LowRank adapter in enabled)
        {
            adapter.IsEnabled = false;
        }

        return new AdapterSwitch(enabled);
    }

    /// <summary>Turns the same branches on again.</summary>
    public void Dispose()
    {
        foreach (LowRank adapter in _enabled)
        {
            adapter.IsEnabled = true;
        }
    }
}
