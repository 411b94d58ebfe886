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
    /// <summary>Computes a block.</summary>
    /// <param name="pass">What is common to all blocks of the pass.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="x">(R, C) residual.</param>
    /// <param name="result">(R, C) receives the residual after the block; empty to replace <paramref name="x"/>, and then no backward pass can follow.</param>
    /// <param name="memory">Where activations are taken from.</param>
    /// <param name="passing">Where those are taken from that the backward pass makes again in next to no time: what the norms give and what
    /// the down projection reads. Another one than <paramref name="memory"/> may be taken back after the block.</param>
    public static BlockActivations Forward(
        in BlockPass pass, int layer, BlockWeights weights, Tensor x, Tensor result, Arena memory, Arena passing)
    {
        BlockActivations a = default;
        bool keeps = !result.IsEmpty;
        Tensor output = Attend(pass, layer, weights, ref a, x, keeps, memory, passing), middle = keeps ? output : x;
        Tensor added = keeps ? result : output;
        if (weights.FeedForwardPostNorm is { } after)
        {
            a.FeedForwardOutput = memory.Take(x.Rows, x.Columns);
            FeedForwardLayer.Forward(pass, layer, weights, ref a, a.FeedForwardOutput, memory, passing);
            pass.Hooks?.Visit(HookSite.MlpOutput, layer, a.FeedForwardOutput, pass.Batch);
            a.FeedForwardPostStatistics = after.Forward(pass.Pool, added, a.FeedForwardOutput, memory);
        }
        else
        {
            FeedForwardLayer.Forward(pass, layer, weights, ref a, added, memory, passing);
            pass.Hooks?.Visit(HookSite.MlpOutput, layer, added, pass.Batch);
        }

        pass.Hooks?.Visit(HookSite.MlpAdded, layer, added, pass.Batch);
        Tensor residual = keeps ? result : x;
        Elementwise.Add(pass.Pool, residual, keeps ? middle : added);
        pass.Hooks?.Visit(HookSite.Residual, layer, residual, pass.Batch);
        if (!ReferenceEquals(memory, passing))
        {
            (a.AttentionInput, a.FeedForwardInput, a.Hidden) = (default, default, default);
        }

        return a;
    }

    /// <summary>Computes again what the backward pass needs of a block. The residual after it, and with it the down projection, is left out
    /// where nobody looks.</summary>
    /// <param name="pass">The pass of <see cref="Forward"/>.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="x">(R, C) residual that entered the block.</param>
    /// <param name="memory">Where activations are taken from.</param>
    public static BlockActivations Recompute(in BlockPass pass, int layer, BlockWeights weights, Tensor x, Arena memory)
    {
        if (pass.Hooks is not null || weights.FeedForwardPostNorm is not null)
        {
            return Forward(pass, layer, weights, x, memory.Take(x.Rows, x.Columns), memory, memory);
        }

        BlockActivations a = default;
        _ = Attend(pass, layer, weights, ref a, x, keeps: true, memory, memory);
        FeedForwardLayer.Forward(pass, layer, weights, ref a, default, memory, memory);
        return a;
    }

    /// <summary>Turns the gradient of the block's output into that of its input, and adds the gradients of trainable weights.</summary>
    /// <param name="pass">The pass of <see cref="Forward"/>.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="activations">What <see cref="Forward"/> or <see cref="Recompute"/> returned.</param>
    /// <param name="dx">(R, C) gradient of the residual, replaced.</param>
    /// <param name="memory">Where workspace is taken from.</param>
    /// <param name="ends">Whether nothing before the block is trained: what is left in <paramref name="dx"/> then means nothing.</param>
    public static void Backward(
        in BlockPass pass, int layer, BlockWeights weights, in BlockActivations activations, Tensor dx, Arena memory, bool ends)
    {
        BlockActivations a = activations;
        if (a.AttentionInput.IsEmpty)
        {
            Restore(pass, weights, ref a, memory);
        }

        Tensor dnormed = memory.Take(dx.Rows, dx.Columns);
        Tensor doutput = Before(weights.FeedForwardPostNorm, pass, dx, a.FeedForwardOutput, a.FeedForwardPostStatistics, memory);
        FeedForwardLayer.Backward(pass, weights, a, doutput, dnormed, memory);
        if (weights.FeedForwardNorm is { } before)
        {
            before.Backward(pass.Pool, dx, dnormed, a.Middle, a.FeedForwardStatistics, memory);
        }

        doutput = Before(weights.AttentionPostNorm, pass, dx, a.AttentionOutput, a.AttentionPostStatistics, memory);
        if (ends && weights.FeedForwardNorm is not null && weights.AttentionNorm is { Weight.IsTrainable: false, Bias: null or { IsTrainable: false } })
        {
            AttentionLayer.Backward(pass, layer, weights, a, doutput, default, memory, accumulate: false);
            return;
        }

        AttentionLayer.Backward(pass, layer, weights, a, doutput, dnormed, memory, accumulate: weights.FeedForwardNorm is null);
        weights.AttentionNorm.Backward(pass.Pool, dx, dnormed, a.Input, a.AttentionStatistics, memory);
    }

    // What attention adds; where activations are kept, the sum of it and the residual, which stays as it is.
    private static Tensor Attend(
        in BlockPass pass, int layer, BlockWeights weights, ref BlockActivations a, Tensor x, bool keeps, Arena memory, Arena passing)
    {
        int R = x.Rows, C = x.Columns;
        pass.Hooks?.Visit(HookSite.ResidualBefore, layer, x, pass.Batch);
        a.AttentionInput = passing.Take(R, C);
        a.AttentionStatistics = weights.AttentionNorm.Forward(pass.Pool, a.AttentionInput, x, memory);
        Tensor output = memory.Take(R, C);
        AttentionLayer.Forward(pass, layer, weights, ref a, output, memory);
        pass.Hooks?.Visit(HookSite.AttentionOutput, layer, output, pass.Batch);
        if (weights.AttentionPostNorm is { } after)
        {
            a.AttentionOutput = output;
            output = memory.Take(R, C);
            a.AttentionPostStatistics = after.Forward(pass.Pool, output, a.AttentionOutput, memory);
        }

        pass.Hooks?.Visit(HookSite.AttentionAdded, layer, output, pass.Batch);
        Tensor middle = keeps ? output : x;
        Elementwise.Add(pass.Pool, middle, keeps ? x : output);
        pass.Hooks?.Visit(HookSite.ResidualMiddle, layer, middle, pass.Batch);
        if (keeps)
        {
            (a.Input, a.Middle) = (x, middle);
        }

        a.FeedForwardInput = a.AttentionInput;
        if (weights.FeedForwardNorm is { } before)
        {
            a.FeedForwardInput = passing.Take(R, C);
            a.FeedForwardStatistics = before.Forward(pass.Pool, a.FeedForwardInput, middle, memory);
        }

        return output;
    }

    private static void Restore(in BlockPass pass, BlockWeights weights, ref BlockActivations a, Arena memory)
    {
        int R = a.Input.Rows, C = a.Input.Columns;
        a.AttentionInput = memory.Take(R, C);
        _ = weights.AttentionNorm.Forward(pass.Pool, a.AttentionInput, a.Input, memory);
        a.FeedForwardInput = a.AttentionInput;
        if (weights.FeedForwardNorm is { } before)
        {
            a.FeedForwardInput = memory.Take(R, C);
            _ = before.Forward(pass.Pool, a.FeedForwardInput, a.Middle, memory);
        }

        if (weights.Down.NeedsInput)
        {
            a.Hidden = memory.Take(R, a.Up.Columns);
            FeedForwardLayer.Activate(pass, a);
        }
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
