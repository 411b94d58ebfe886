using Temperament.Models.Generation;
using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Decoder;

/// <summary>
/// One transformer block of the Llama family, forward and backward: x + attention(norm(x)), then x + mlp(norm(x)).
/// Touvron et al. 2023, https://arxiv.org/abs/2302.13971. It has no state of its own.
/// </summary>
internal static class DecoderBlock
{
    /// <summary>Computes a block in place.</summary>
    /// <param name="pass">What is common to all blocks of the pass.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="x">(R, C) residual, replaced by the residual after the block.</param>
    /// <param name="memory">Where activations are taken from.</param>
    public static BlockActivations Forward(in BlockPass pass, int layer, BlockWeights weights, Tensor x, Arena memory)
    {
        (DecoderConfig config, ComputePool pool, TokenBatch batch) = (pass.Config, pass.Pool, pass.Batch);
        int R = x.Rows, C = config.HiddenSize, width = config.Heads * config.HeadSize, keyWidth = config.KeyValueHeads * config.HeadSize;
        BlockActivations a = default;

        a.Input = memory.Take(R, C);
        a.Input.CopyFrom(x);
        a.AttentionInput = memory.Take(R, C);
        a.AttentionRstd = memory.Take(1, R);
        RmsNorm.Forward(pool, a.AttentionInput, a.AttentionRstd, x, weights.AttentionNorm.Value, config.RmsNormEps);
        a.Query = memory.Take(R, width);
        a.Key = memory.Take(R, keyWidth);
        a.Value = memory.Take(R, keyWidth);
        a.QueryInner = weights.Query.Forward(pool, a.Query, a.AttentionInput, memory, pass.Dropout);
        a.KeyInner = weights.Key.Forward(pool, a.Key, a.AttentionInput, memory, pass.Dropout);
        a.ValueInner = weights.Value.Forward(pool, a.Value, a.AttentionInput, memory, pass.Dropout);
        Rope.Apply(pool, a.Query, config.HeadSize, batch.Positions, pass.Rope.Cos, pass.Rope.Sin);
        Rope.Apply(pool, a.Key, config.HeadSize, batch.Positions, pass.Rope.Cos, pass.Rope.Sin);

        a.Attended = memory.Take(R, width);
        a.LogSumExp = memory.Take(R, config.Heads);
        (Tensor keys, Tensor values) = pass.Cache is { } cache ? cache.Append(layer, a.Key, a.Value, batch) : (a.Key, a.Value);
        Attention.Forward(
            pool, a.Attended, a.LogSumExp, a.Query, keys, values, pass.Segments, config.Heads, config.KeyValueHeads, pass.Scale);
        Tensor output = memory.Take(R, C);
        a.OutputInner = weights.Output.Forward(pool, output, a.Attended, memory, pass.Dropout);
        Elementwise.Add(pool, x, output);

        a.Middle = memory.Take(R, C);
        a.Middle.CopyFrom(x);
        a.FeedForwardInput = memory.Take(R, C);
        a.FeedForwardRstd = memory.Take(1, R);
        RmsNorm.Forward(pool, a.FeedForwardInput, a.FeedForwardRstd, x, weights.FeedForwardNorm.Value, config.RmsNormEps);
        a.Gate = memory.Take(R, config.FeedForwardSize);
        a.Up = memory.Take(R, config.FeedForwardSize);
        a.Hidden = memory.Take(R, config.FeedForwardSize);
        a.GateInner = weights.Gate.Forward(pool, a.Gate, a.FeedForwardInput, memory, pass.Dropout);
        a.UpInner = weights.Up.Forward(pool, a.Up, a.FeedForwardInput, memory, pass.Dropout);
        SwiGlu.Forward(pool, a.Hidden, a.Gate, a.Up);
        pass.Hooks?.Visit(HookSite.MlpHidden, layer, a.Hidden, batch);
        a.DownInner = weights.Down.Forward(pool, output, a.Hidden, memory, pass.Dropout);
        Elementwise.Add(pool, x, output);
        pass.Hooks?.Visit(HookSite.Residual, layer, x, batch);
        return a;
    }

    /// <summary>Turns the gradient of the block's output into that of its input, and adds the gradients of trainable weights.</summary>
    /// <param name="pass">The pass of <see cref="Forward"/>.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="a">What <see cref="Forward"/> returned.</param>
    /// <param name="dx">(R, C) gradient of the residual, replaced.</param>
    /// <param name="memory">Where workspace is taken from.</param>
    public static void Backward(in BlockPass pass, BlockWeights weights, in BlockActivations a, Tensor dx, Arena memory)
    {
        (DecoderConfig config, ComputePool pool, TokenBatch batch, DropoutMask? mask) = (pass.Config, pass.Pool, pass.Batch, pass.Dropout);
        int R = dx.Rows, C = config.HiddenSize, width = config.Heads * config.HeadSize, keyWidth = config.KeyValueHeads * config.HeadSize;

        Tensor dhidden = memory.Take(R, config.FeedForwardSize);
        Tensor dgate = memory.Take(R, config.FeedForwardSize);
        Tensor dup = memory.Take(R, config.FeedForwardSize);
        Tensor dnormed = memory.Take(R, C);
        weights.Down.Backward(pool, dhidden, dx, a.Hidden, a.DownInner, memory, accumulate: false, mask);
        SwiGlu.Backward(pool, dgate, dup, dhidden, a.Gate, a.Up);
        weights.Gate.Backward(pool, dnormed, dgate, a.FeedForwardInput, a.GateInner, memory, accumulate: false, mask);
        weights.Up.Backward(pool, dnormed, dup, a.FeedForwardInput, a.UpInner, memory, accumulate: true, mask);
        RmsNorm.Backward(
            pool, dx, weights.FeedForwardNorm.Gradient, dnormed, a.Middle, weights.FeedForwardNorm.Value, a.FeedForwardRstd);

        Tensor dattended = memory.Take(R, width);
        Tensor dquery = memory.Take(R, width);
        Tensor dkey = memory.Take(R, keyWidth);
        Tensor dvalue = memory.Take(R, keyWidth);
        dquery.Clear();
        dkey.Clear();
        dvalue.Clear();
        weights.Output.Backward(pool, dattended, dx, a.Attended, a.OutputInner, memory, accumulate: false, mask);
        Attention.Backward(
            pool, dquery, dkey, dvalue, dattended, a.Attended, a.Query, a.Key, a.Value, a.LogSumExp, pass.Segments,
            config.Heads, config.KeyValueHeads, pass.Scale);
        Rope.Apply(pool, dquery, config.HeadSize, batch.Positions, pass.Rope.Cos, pass.Rope.Sin, inverse: true);
        Rope.Apply(pool, dkey, config.HeadSize, batch.Positions, pass.Rope.Cos, pass.Rope.Sin, inverse: true);
        weights.Query.Backward(pool, dnormed, dquery, a.AttentionInput, a.QueryInner, memory, accumulate: false, mask);
        weights.Key.Backward(pool, dnormed, dkey, a.AttentionInput, a.KeyInner, memory, accumulate: true, mask);
        weights.Value.Backward(pool, dnormed, dvalue, a.AttentionInput, a.ValueInner, memory, accumulate: true, mask);
        RmsNorm.Backward(
            pool, dx, weights.AttentionNorm.Gradient, dnormed, a.Input, weights.AttentionNorm.Value, a.AttentionRstd);
    }
}

/// <summary>What is common to all blocks of one pass.</summary>
internal readonly ref struct BlockPass
{
    public required DecoderConfig Config { get; init; }

    public required ComputePool Pool { get; init; }

    public required TokenBatch Batch { get; init; }

    public required RopeTable Rope { get; init; }

    public required ReadOnlySpan<AttentionSegment> Segments { get; init; }

    public required float Scale { get; init; }

    public DropoutMask? Dropout { get; init; }

    public KvCache? Cache { get; init; }

    public HookSet? Hooks { get; init; }
}
