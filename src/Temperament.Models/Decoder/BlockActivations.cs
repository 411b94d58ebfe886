using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>What the backward pass needs of one block's forward pass. What the family does not have is empty.</summary>
internal struct BlockActivations
{
    /// <summary>(R, C) residual that entered the block, and the one between attention and MLP.</summary>
    public Tensor Input, Middle;

    /// <summary>(R, C) outputs of the norms before attention and MLP, with the statistics of their rows.</summary>
    public Tensor AttentionInput, AttentionStatistics, FeedForwardInput, FeedForwardStatistics;

    /// <summary>(R, H*D) and (R, K*D) before the norm of the heads, with the statistics of their heads.</summary>
    public Tensor PlainQuery, PlainKey, QueryStatistics, KeyStatistics;

    /// <summary>(R, H*D), (R, K*D), (R, K*D) after rotation, (R, H) log-sum-exp and (R, H*D) result of attention.</summary>
    public Tensor Query, Key, Value, LogSumExp, Attended;

    /// <summary>(R, F) gate and up projections and the hidden that the down projection reads.</summary>
    public Tensor Gate, Up, Hidden;

    /// <summary>(R, C) inputs of the norms after attention and MLP, with the statistics of their rows.</summary>
    public Tensor AttentionOutput, AttentionPostStatistics, FeedForwardOutput, FeedForwardPostStatistics;

    /// <summary>(R, r) inner activations of the low-rank branches.</summary>
    public Tensor QueryInner, KeyInner, ValueInner, OutputInner, GateInner, UpInner, DownInner;
}
