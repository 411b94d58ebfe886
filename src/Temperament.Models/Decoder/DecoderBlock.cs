using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>
/// One transformer block, forward and backward: x + attention(norm(x)), then x + mlp(norm(x)), each with one more norm before it is added
/// where the family has one; or x + attention(n) + mlp(n) with n = norm(x). It has no state of its own.
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
        int R = x.Rows, C = pass.Config.HiddenSize;
        BlockActivations a = default;

        pass.Hooks?.Visit(HookSite.ResidualBefore, layer, x, pass.Batch);
        a.Input = memory.Take(R, C);
        a.Input.CopyFrom(x);
        a.AttentionInput = memory.Take(R, C);
        a.AttentionStatistics = weights.AttentionNorm.Forward(pass.Pool, a.AttentionInput, x, memory);
        Tensor output = memory.Take(R, C);
        AttentionLayer.Forward(pass, layer, weights, ref a, output, memory);
        pass.Hooks?.Visit(HookSite.AttentionOutput, layer, output, pass.Batch);
        if (weights.AttentionPostNorm is { } afterAttention)
        {
            a.AttentionOutput = output;
            output = memory.Take(R, C);
            a.AttentionPostStatistics = afterAttention.Forward(pass.Pool, output, a.AttentionOutput, memory);
        }

        pass.Hooks?.Visit(HookSite.AttentionAdded, layer, output, pass.Batch);
        Elementwise.Add(pass.Pool, x, output);
        pass.Hooks?.Visit(HookSite.ResidualMiddle, layer, x, pass.Batch);

        if (weights.FeedForwardNorm is { } before)
        {
            a.Middle = memory.Take(R, C);
            a.Middle.CopyFrom(x);
            a.FeedForwardInput = memory.Take(R, C);
            a.FeedForwardStatistics = before.Forward(pass.Pool, a.FeedForwardInput, x, memory);
        }
        else
        {
            a.FeedForwardInput = a.AttentionInput;
        }

        FeedForwardLayer.Forward(pass, layer, weights, ref a, output, memory);
        pass.Hooks?.Visit(HookSite.MlpOutput, layer, output, pass.Batch);
        if (weights.FeedForwardPostNorm is { } afterFeedForward)
        {
            a.FeedForwardOutput = output;
            output = memory.Take(R, C);
            a.FeedForwardPostStatistics = afterFeedForward.Forward(pass.Pool, output, a.FeedForwardOutput, memory);
        }

        pass.Hooks?.Visit(HookSite.MlpAdded, layer, output, pass.Batch);
        Elementwise.Add(pass.Pool, x, output);
        pass.Hooks?.Visit(HookSite.Residual, layer, x, pass.Batch);
        return a;
    }

    /// <summary>Turns the gradient of the block's output into that of its input, and adds the gradients of trainable weights.</summary>
    /// <param name="pass">The pass of <see cref="Forward"/>.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="a">What <see cref="Forward"/> returned.</param>
    /// <param name="dx">(R, C) gradient of the residual, replaced.</param>
    /// <param name="memory">Where workspace is taken from.</param>
    public static void Backward(in BlockPass pass, int layer, BlockWeights weights, in BlockActivations a, Tensor dx, Arena memory)
    {
        Tensor dnormed = memory.Take(dx.Rows, dx.Columns);
        Tensor doutput = Before(weights.FeedForwardPostNorm, pass, dx, a.FeedForwardOutput, a.FeedForwardPostStatistics, memory);
        FeedForwardLayer.Backward(pass, weights, a, doutput, dnormed, memory);
        if (weights.FeedForwardNorm is { } before)
        {
            before.Backward(pass.Pool, dx, dnormed, a.Middle, a.FeedForwardStatistics, memory);
        }

        doutput = Before(weights.AttentionPostNorm, pass, dx, a.AttentionOutput, a.AttentionPostStatistics, memory);
        AttentionLayer.Backward(pass, layer, weights, a, doutput, dnormed, memory, accumulate: weights.FeedForwardNorm is null);
        weights.AttentionNorm.Backward(pass.Pool, dx, dnormed, a.Input, a.AttentionStatistics, memory);
    }

    // The gradient of what a norm reads from that of what it gives; without a norm they are the same.
    private static Tensor Before(Norm? norm, in BlockPass pass, Tensor dy, Tensor x, Tensor statistics, Arena memory)
    {
        if (norm is null)
        {
            return dy;
        }

        Tensor dx = memory.Take(dy.Rows, dy.Columns);
        dx.Clear();
        norm.Backward(pass.Pool, dx, dy, x, statistics, memory);
        return dx;
    }
}
