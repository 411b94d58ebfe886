namespace Temperament.Models.Decoder;

/// <summary>What lies between the projections of a feed-forward layer.</summary>
public enum FeedForwardKind
{
    /// <summary>silu(gate) * up.</summary>
    SwiGlu,

    /// <summary>gelu(gate) * up, GELU in its tanh form.</summary>
    GeGlu,

    /// <summary>gelu(up), GELU in its tanh form; there is no gate.</summary>
    Gelu,

    /// <summary>gelu(up), GELU by the error function; there is no gate.</summary>
    GeluErf,
}
