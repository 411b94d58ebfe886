namespace Temperament.Models.Decoder;

/// <summary>The shape of a Llama-style decoder. Immutable; it never enters a kernel.</summary>
public sealed record DecoderConfig
{
    /// <summary>Number of tokens, V.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual, C.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the MLP hidden, F.</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Number of blocks, L.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of query heads, H.</summary>
    public required int Heads { get; init; }

    /// <summary>Number of key-value heads, K; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head, D.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Added to the mean square in every RMSNorm.</summary>
    public required float RmsNormEps { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>How the rotary frequencies are stretched for long contexts; null for not at all.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>Largest number of positions that the model was made for.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>True where the head is the embedding table.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>Number of parameters.</summary>
    public long ParameterCount
    {
        get
        {
            long embedding = (long)VocabularySize * HiddenSize;
            return (embedding * (TiedEmbeddings ? 1 : 2)) + BlockParameterCount + (Layers * 2L * HiddenSize) + HiddenSize;
        }
    }

    /// <summary>Number of parameters in the linear layers of the blocks: what is stored in 4 bits where a model is quantised.</summary>
    public long BlockParameterCount =>
        Layers * (((long)HiddenSize * HeadSize * (Heads + KeyValueHeads) * 2) + (3L * HiddenSize * FeedForwardSize));
}
