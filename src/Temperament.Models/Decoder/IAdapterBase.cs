namespace Temperament.Models.Decoder;

/// <summary>The weights that an adapter can be put on: those of a decoder, or of an encoder with its classifier.</summary>
public interface IAdapterBase
{
    /// <summary>Linear layers that can get a branch, in the order of the forward pass.</summary>
    IEnumerable<Linear> Linears { get; }

    /// <summary>Every parameter once, in the order of the forward pass.</summary>
    IEnumerable<Parameter> Parameters { get; }

    /// <summary>Numbers of adapters that stand in the place of the base's, in the order in which they were put on.</summary>
    IList<Replacement> Replacements { get; }
}
