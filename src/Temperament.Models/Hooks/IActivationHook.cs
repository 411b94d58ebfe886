using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Hooks;

/// <summary>Reads or changes activations in the same forward pass that trains and serves.</summary>
public interface IActivationHook
{
    /// <summary>Whether the hook wants to see a site; a site that nobody wants costs nothing.</summary>
    /// <param name="site">Kind of activation.</param>
    /// <param name="layer">Block, from 0.</param>
    bool Wants(HookSite site, int layer);

    /// <summary>Shows one activation. What is written to it is what the rest of the pass reads.</summary>
    /// <param name="site">Kind of activation.</param>
    /// <param name="layer">Block, from 0.</param>
    /// <param name="activation">(R, width) activation of all rows.</param>
    /// <param name="batch">The rows.</param>
    void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch);
}
