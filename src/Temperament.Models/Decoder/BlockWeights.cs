namespace Temperament.Models.Decoder;

/// <summary>The weights of one block. What a family does not have is null.</summary>
public sealed class BlockWeights
{
    /// <summary>(C) norm before attention; before the MLP too where the two run side by side.</summary>
    public required Norm AttentionNorm { get; init; }

    /// <summary>(H*D, C) query projection.</summary>
    public Linear? Query { get; init; }

    /// <summary>(K*D, C) key projection.</summary>
    public Linear? Key { get; init; }

    /// <summary>(K*D, C) value projection.</summary>
    public Linear? Value { get; init; }

    /// <summary>((H + 2K)*D, C) the three projections as one.</summary>
    public Linear? QueryKeyValue { get; init; }

    /// <summary>(D) norm of each query head.</summary>
    public Norm? QueryNorm { get; init; }

    /// <summary>(D) norm of each key head.</summary>
    public Norm? KeyNorm { get; init; }

    /// <summary>(C, H*D) output projection.</summary>
    public required Linear Output { get; init; }

    /// <summary>(C) norm of what attention gives, before it is added.</summary>
    public Norm? AttentionPostNorm { get; init; }

    /// <summary>(C) norm before the MLP.</summary>
    public Norm? FeedForwardNorm { get; init; }

    /// <summary>(F, C) gate projection.</summary>
    public Linear? Gate { get; init; }

    /// <summary>(F, C) up projection.</summary>
    public Linear? Up { get; init; }

    /// <summary>(2F, C) gate and up projection as one.</summary>
    public Linear? GateUp { get; init; }

    /// <summary>(C, F) down projection.</summary>
    public required Linear Down { get; init; }

    /// <summary>(C) norm of what the MLP gives, before it is added.</summary>
    public Norm? FeedForwardPostNorm { get; init; }

    /// <summary>The linear layers, in the order of the forward pass.</summary>
    public IEnumerable<Linear> Linears => new[] { Query, Key, Value, QueryKeyValue, Output, Gate, Up, GateUp, Down }.OfType<Linear>();

    /// <summary>Every float32 parameter once, in the order of the forward pass. Layers of other formats have none.</summary>
    public IEnumerable<Parameter> Parameters =>
    [
        .. AttentionNorm.Parameters,
        .. new[] { Query, Key, Value, QueryKeyValue }.SelectMany(Of),
        .. Of(QueryNorm),
        .. Of(KeyNorm),
        .. Of(Output),
        .. Of(AttentionPostNorm),
        .. Of(FeedForwardNorm),
        .. new[] { Gate, Up, GateUp, Down }.SelectMany(Of),
        .. Of(FeedForwardPostNorm),
    ];

    private static IEnumerable<Parameter> Of(Norm? norm) => norm?.Parameters ?? [];

    private static IEnumerable<Parameter> Of(Linear? linear) => linear?.Parameters ?? [];
}
