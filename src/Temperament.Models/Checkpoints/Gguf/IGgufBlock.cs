namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>A block format: a type argument, so that the loop over blocks is compiled once for each.</summary>
internal interface IGgufBlock
{
    /// <summary>Weights of a block.</summary>
    static abstract int Weights { get; }

    /// <summary>Bytes of a block.</summary>
    static abstract int Bytes { get; }

    /// <summary>Widens one block.</summary>
    static abstract void Widen(ReadOnlySpan<byte> block, Span<float> target);
}
