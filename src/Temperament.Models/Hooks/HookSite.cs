namespace Temperament.Models.Hooks;

/// <summary>Where an activation can be read or changed. Blocks are counted from 0.</summary>
public enum HookSite
{
    /// <summary>(R, F) act(gate) * up, the input of the down projection: the neurons of a block.</summary>
    MlpHidden,

    /// <summary>(R, C) the residual after a block.</summary>
    Residual,
}
