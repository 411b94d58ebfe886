using Temperament.Models.Decoder;

namespace Temperament.Measures.Interpretability;

/// <summary>Turns all adapters of a network off until it is disposed of, so that one network is both base and tuned model.</summary>
public sealed class AdapterSwitch : IDisposable
{
    private readonly IReadOnlyList<LowRank> _enabled;
    private readonly IReadOnlyList<Replacement> _replaced;

    private AdapterSwitch(IReadOnlyList<LowRank> enabled, IReadOnlyList<Replacement> replaced)
    {
        _enabled = enabled;
        _replaced = replaced;
    }

    /// <summary>Turns the branches off.</summary>
    /// <param name="network">The network; without an adapter nothing changes.</param>
    public static AdapterSwitch Off(DecoderNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        LowRank[] enabled = [.. network.Weights.Linears.SelectMany(linear => linear.Branches).Where(branch => branch.IsEnabled)];
        Replacement[] replaced = [.. network.Weights.Replacements.Where(replacement => replacement.IsEnabled)];
        foreach (LowRank adapter in enabled)
        {
            adapter.IsEnabled = false;
        }

        foreach (Replacement replacement in replaced.Reverse())
        {
            replacement.IsEnabled = false;
        }

        return new AdapterSwitch(enabled, replaced);
    }

    /// <summary>Turns the same adapters on again.</summary>
    public void Dispose()
    {
        foreach (LowRank adapter in _enabled)
        {
            adapter.IsEnabled = true;
        }

        foreach (Replacement replacement in _replaced)
        {
            replacement.IsEnabled = true;
        }
    }
}
