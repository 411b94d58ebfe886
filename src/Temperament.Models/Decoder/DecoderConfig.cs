namespace Temperament.Models.Decoder;

/// <summary>The shape of a decoder and what it computes. Immutable; it never enters a kernel. What is not set is as in Llama.</summary>
public sealed record DecoderConfig
{
    /// <summary>Name of the family, "llama" for one.</summary>
    public string Family { get; init; } = "llama";

    /// <summary>Which modules there are, and their names.</summary>
    public DecoderLayout Layout { get; init; } = DecoderLayout.Llama;

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

    /// <summary>How rows are normalised.</summary>
    public NormKind Norm { get; init; }

    /// <summary>Added to the mean square, or to the variance, in every norm.</summary>
    public required float RmsNormEps { get; init; }

    /// <summary>Whether each query and key head is normalised before it is rotated.</summary>
    public bool HasQueryKeyNorm { get; init; }

    /// <summary>Whether the projections of queries, keys and values have biases.</summary>
    public bool HasAttentionBias { get; init; }

    /// <summary>Whether the output projection of attention has a bias.</summary>
    public bool HasOutputBias { get; init; }

    /// <summary>Whether the projections of the MLP have biases.</summary>
    public bool HasFeedForwardBias { get; init; }

    /// <summary>Whether the output layer has a bias.</summary>
    public bool HasHeadBias { get; init; }

    /// <summary>What lies between the projections of the MLP.</summary>
    public FeedForwardKind FeedForward { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>Base of the rotary frequencies in blocks with a window, which are never stretched; null where there is one base.</summary>
    public double? LocalRopeTheta { get; init; }

    /// <summary>How the rotary frequencies are stretched for long contexts; null for not at all.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>Channels of a head that are rotated; null for all of them.</summary>
    public int? RotaryChannels { get; init; }

    /// <summary>Whether neighbours (2i, 2i + 1) are rotated, and not the pairs (i, i + E/2).</summary>
    public bool RotatesNeighbours { get; init; }

    /// <summary>Channels of a head that are rotated, E; 0 where positions are learned.</summary>
    public int RotarySize => Layout.Positions is null ? RotaryChannels ?? HeadSize : 0;

    /// <summary>Keys that a query of each block sees at most, 0 for all; null where no block has a window.</summary>
    public IReadOnlyList<int>? Windows { get; init; }

    /// <summary>Whether a query also sees the keys after it, as in the blocks of an encoder.</summary>
    public bool IsBidirectional { get; init; }

    /// <summary>Factor of the scores; null for 1 / sqrt(D).</summary>
    public double? AttentionScale { get; init; }

    /// <summary>Soft cap of the scores; 0 for none.</summary>
    public float AttentionCap { get; init; }

    /// <summary>Soft cap of the logits; 0 for none.</summary>
    public float LogitCap { get; init; }

    /// <summary>Factor of the token embeddings.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Largest number of positions that the model was made for.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>True where the head is the embedding table.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>Keys that a query of a block sees at most; 0 for all.</summary>
    /// <param name="layer">Block, from 0.</param>
    public int WindowOf(int layer) => Windows?[layer] ?? 0;

    /// <summary>Number of parameters.</summary>
    public long ParameterCount
    {
        get
        {
            long C = HiddenSize, Q = (long)Heads * HeadSize, KV = (long)KeyValueHeads * HeadSize, vector = Norm == NormKind.Layer ? 2 * C : C;
            long norms = (Layout.AttentionPostNorm is null ? 1 : 2) + (Layout.FeedForwardNorm is null ? 0 : 1) + (Layout.FeedForwardPostNorm is null ? 0 : 1);
            long block = (norms * vector) + (HasQueryKeyNorm ? 2L * HeadSize : 0) + (HasAttentionBias ? Q + (2 * KV) : 0) + (HasOutputBias ? C : 0)
                + (HasFeedForwardBias ? ((FeedForwardProjections - 1) * FeedForwardSize) + C : 0);
            long tables = (VocabularySize * C * (TiedEmbeddings ? 1 : 2)) + (Layout.Positions is null ? 0 : MaxPositions * C);
            return tables + BlockParameterCount + (Layers * block) + vector + (HasHeadBias ? VocabularySize : 0);
        }
    }

    /// <summary>Number of parameters in the linear layers of the blocks: what is stored in 4 bits where a model is quantised.</summary>
    public long BlockParameterCount =>
        Layers * (((long)HiddenSize * HeadSize * (Heads + KeyValueHeads) * 2) + (FeedForwardProjections * HiddenSize * FeedForwardSize));

    private long FeedForwardProjections => FeedForward is FeedForwardKind.Gelu or FeedForwardKind.GeluErf ? 2 : 3;
}
