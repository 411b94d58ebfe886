using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Hooks;

/// <summary>The hooks of a forward pass, called in the order in which they were given.</summary>
public sealed class HookSet
{
    private readonly IActivationHook[] _hooks;

    /// <summary>Makes a set.</summary>
    /// <param name="hooks">Hooks in the order of their calls.</param>
    public HookSet(params IActivationHook[] hooks)
    {
        _hooks = hooks;
    }

    internal bool Wants(HookSite site, int layer)
    {
        foreach (IActivationHook hook in _hooks)
        {
            if (hook.Wants(site, layer))
            {
                return true;
            }
        }

        return false;
    }

    internal void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
    {
        foreach (IActivationHook hook in _hooks)
        {
            if (hook.Wants(site, layer))
            {
                hook.Visit(site, layer, activation, batch);
            }
        }
    }
}
