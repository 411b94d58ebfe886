using Temperament.Models.Generation;
using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Decoder;

/// <summary>What is common to all blocks of one pass.</summary>
internal readonly ref struct BlockPass
{
    public required DecoderConfig Config { get; init; }

    public required ComputePool Pool { get; init; }

    public required TokenBatch Batch { get; init; }

    /// <summary>Rotary angles of the pass; null where positions are learned.</summary>
    public required RopeTable? Rope { get; init; }

    /// <summary>Rotary angles of blocks with a window; null where those are of the other table too.</summary>
    public required RopeTable? LocalRope { get; init; }

    public required ReadOnlySpan<AttentionSegment> Segments { get; init; }

    public required float Scale { get; init; }

    public DropoutMask? Dropout { get; init; }

    public KvCache? Cache { get; init; }

    public HookSet? Hooks { get; init; }

    /// <summary>Window, cap and direction of a block.</summary>
    public AttentionVariant Variant(int layer) => new(Config.WindowOf(layer), Config.AttentionCap, Config.IsBidirectional);

    /// <summary>Rotary angles of a block; null where positions are learned.</summary>
    public RopeTable? RopeOf(int layer) => LocalRope is { } local && Config.WindowOf(layer) > 0 ? local : Rope;
}
