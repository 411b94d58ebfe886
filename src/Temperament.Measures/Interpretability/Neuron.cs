namespace Temperament.Measures.Interpretability;

/// <summary>One coordinate of a block's MLP hidden, act(gate) * up.</summary>
/// <param name="Layer">Block, from 0.</param>
/// <param name="Index">Coordinate, from 0.</param>
public readonly record struct Neuron(int Layer, int Index)
{
    /// <summary>As in "2/91".</summary>
    public override string ToString() => $"{Layer}/{Index}";
}
