using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Hooks;

/// <summary>Keeps copies of activations: those of the last pass.</summary>
public sealed class ActivationCopy : IActivationHook
{
    private readonly Func<HookSite, int, bool> _wants;
    private readonly Dictionary<(HookSite Site, int Layer), Tensor> _found = [];

    /// <summary>Makes a reader.</summary>
    /// <param name="wants">Says which places and blocks are kept; null for all.</param>
    public ActivationCopy(Func<HookSite, int, bool>? wants = null)
    {
        _wants = wants ?? ((_, _) => true);
    }

    /// <summary>The copies, by place and block; shapes as <see cref="HookSite"/> says.</summary>
    public IReadOnlyDictionary<(HookSite Site, int Layer), Tensor> Found => _found;

    /// <inheritdoc/>
    public bool Wants(HookSite site, int layer) => _wants(site, layer);

    /// <inheritdoc/>
    public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
    {
        Tensor copy = Tensor.Zeros(activation.Rows, activation.Columns);
        copy.CopyFrom(activation);
        _found[(site, layer)] = copy;
    }
}
