using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Encoders;

/// <summary>
/// One block of an encoder, forward and backward: x = norm(x + attention(x)), then x = norm(x + mlp(x)). Attention and MLP are those of
/// the decoders. Devlin et al. 2018, https://arxiv.org/abs/1810.04805.
/// </summary>
internal static class EncoderBlock
{
    /// <summary>Computes a block in place.</summary>
    /// <param name="pass">What is common to all blocks of the pass.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="x">(R, C) hidden states, replaced by those after the block.</param>
    /// <param name="memory">Where activations are taken from.</param>
    public static BlockActivations Forward(in BlockPass pass, int layer, BlockWeights weights, Tensor x, Arena memory)
    {
        int R = x.Rows, C = x.Columns;
        BlockActivations a = default;

        pass.Hooks?.Visit(HookSite.ResidualBefore, layer, x, pass.Batch);
        a.AttentionInput = memory.Take(R, C);
        a.AttentionInput.CopyFrom(x);
        a.AttentionOutput = memory.Take(R, C);
        AttentionLayer.Forward(pass, layer, weights, ref a, a.AttentionOutput, memory);
        pass.Hooks?.Visit(HookSite.AttentionOutput, layer, a.AttentionOutput, pass.Batch);
        pass.Hooks?.Visit(HookSite.AttentionAdded, layer, a.AttentionOutput, pass.Batch);
        Elementwise.Add(pass.Pool, a.AttentionOutput, x);
        a.AttentionPostStatistics = weights.AttentionNorm.Forward(pass.Pool, x, a.AttentionOutput, memory);
        pass.Hooks?.Visit(HookSite.ResidualMiddle, layer, x, pass.Batch);

        a.FeedForwardInput = memory.Take(R, C);
        a.FeedForwardInput.CopyFrom(x);
        a.FeedForwardOutput = memory.Take(R, C);
        FeedForwardLayer.Forward(pass, layer, weights, ref a, a.FeedForwardOutput, memory, memory);
        pass.Hooks?.Visit(HookSite.MlpOutput, layer, a.FeedForwardOutput, pass.Batch);
        pass.Hooks?.Visit(HookSite.MlpAdded, layer, a.FeedForwardOutput, pass.Batch);
        Elementwise.Add(pass.Pool, a.FeedForwardOutput, x);
        a.FeedForwardPostStatistics = weights.FeedForwardNorm!.Forward(pass.Pool, x, a.FeedForwardOutput, memory);
        pass.Hooks?.Visit(HookSite.Residual, layer, x, pass.Batch);
        return a;
    }

    /// <summary>Turns the gradient of the block's output into that of its input, and adds the gradients of trainable weights.</summary>
    /// <param name="pass">The pass of <see cref="Forward"/>.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="a">What <see cref="Forward"/> returned.</param>
    /// <param name="dx">(R, C) gradient, replaced.</param>
    /// <param name="memory">Where workspace is taken from.</param>
    public static void Backward(in BlockPass pass, int layer, BlockWeights weights, in BlockActivations a, Tensor dx, Arena memory)
    {
        Tensor dsum = memory.Take(dx.Rows, dx.Columns);
        dsum.Clear();
        weights.FeedForwardNorm!.Backward(pass.Pool, dsum, dx, a.FeedForwardOutput, a.FeedForwardPostStatistics, memory);
        FeedForwardLayer.Backward(pass, weights, a, dsum, dx, memory);
        Elementwise.Add(pass.Pool, dx, dsum);

        dsum.Clear();
        weights.AttentionNorm.Backward(pass.Pool, dsum, dx, a.AttentionOutput, a.AttentionPostStatistics, memory);
        AttentionLayer.Backward(pass, layer, weights, a, dsum, dx, memory, accumulate: false);
        Elementwise.Add(pass.Pool, dx, dsum);
    }
}
