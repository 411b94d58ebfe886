using Temperament.Models.Hooks;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>The MLP of a block: down(act(gate(x)) * up(x)), or down(act(up(x))).</summary>
internal static class FeedForwardLayer
{
    /// <summary>Computes the MLP from <see cref="BlockActivations.FeedForwardInput"/>.</summary>
    /// <param name="pass">What is common to all blocks of the pass.</param>
    /// <param name="layer">Number of the block.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="a">Receives the activations.</param>
    /// <param name="output">(R, C) receives the output of the down projection; empty where only the backward pass follows.</param>
    /// <param name="memory">Where activations are taken from.</param>
    /// <param name="passing">Where the hidden that the down projection reads is taken from.</param>
    public static void Forward(
        in BlockPass pass, int layer, BlockWeights weights, ref BlockActivations a, Tensor output, Arena memory, Arena passing)
    {
        int R = a.FeedForwardInput.Rows, F = pass.Config.FeedForwardSize;
        if (weights.GateUp is { } fused)
        {
            Tensor both = memory.Take(R, 2 * F);
            a.GateInner = fused.Forward(pass.Pool, both, a.FeedForwardInput, memory, pass.Dropout);
            (a.Gate, a.Up) = (both.SliceColumns(0, F), both.SliceColumns(F, F));
        }
        else
        {
            a.Gate = weights.Gate is null ? default : memory.Take(R, F);
            a.Up = memory.Take(R, F);
            a.GateInner = weights.Gate?.Forward(pass.Pool, a.Gate, a.FeedForwardInput, memory, pass.Dropout) ?? default;
            a.UpInner = weights.Up!.Forward(pass.Pool, a.Up, a.FeedForwardInput, memory, pass.Dropout);
        }

        if (output.IsEmpty && !weights.Down.NeedsInput)
        {
            return;
        }

        a.Hidden = passing.Take(R, F);
        Activate(pass, a);
        pass.Hooks?.Visit(HookSite.MlpHidden, layer, a.Hidden, pass.Batch);
        a.DownInner = output.IsEmpty
            ? weights.Down.Reduce(pass.Pool, a.Hidden, memory, pass.Dropout)
            : weights.Down.Forward(pass.Pool, output, a.Hidden, memory, pass.Dropout);
    }

    /// <summary>Computes <see cref="BlockActivations.Hidden"/> from gate and up.</summary>
    /// <param name="pass">What is common to all blocks of the pass.</param>
    /// <param name="a">The activations.</param>
    public static void Activate(in BlockPass pass, in BlockActivations a)
    {
        switch (pass.Config.FeedForward)
        {
            case FeedForwardKind.SwiGlu:
                SwiGlu.Forward(pass.Pool, a.Hidden, a.Gate, a.Up);
                break;
            case FeedForwardKind.GeGlu:
                GeGlu.Forward(pass.Pool, a.Hidden, a.Gate, a.Up);
                break;
            default:
                Activation.Forward(pass.Pool, Ungated(pass.Config.FeedForward), a.Hidden, a.Up);
                break;
        }
    }

    /// <summary>Sets the gradient of the input and adds the gradients of trainable weights.</summary>
    /// <param name="pass">The pass of <see cref="Forward"/>.</param>
    /// <param name="weights">Weights of the block.</param>
    /// <param name="a">What <see cref="Forward"/> gave.</param>
    /// <param name="doutput">(R, C) gradient of the output.</param>
    /// <param name="dinput">(R, C) receives the gradient of the input.</param>
    /// <param name="memory">Where workspace is taken from.</param>
    public static void Backward(in BlockPass pass, BlockWeights weights, in BlockActivations a, Tensor doutput, Tensor dinput, Arena memory)
    {
        int R = doutput.Rows, F = pass.Config.FeedForwardSize;
        Tensor dhidden = memory.Take(R, F);
        Tensor dboth = weights.GateUp is null ? default : memory.Take(R, 2 * F);
        Tensor dgate = dboth.IsEmpty ? weights.Gate is null ? default : memory.Take(R, F) : dboth.SliceColumns(0, F);
        Tensor dup = dboth.IsEmpty ? memory.Take(R, F) : dboth.SliceColumns(F, F);
        weights.Down.Backward(pass.Pool, dhidden, doutput, a.Hidden, a.DownInner, memory, accumulate: false, pass.Dropout);
        switch (pass.Config.FeedForward)
        {
            case FeedForwardKind.SwiGlu:
                SwiGlu.Backward(pass.Pool, dgate, dup, dhidden, a.Gate, a.Up);
                break;
            case FeedForwardKind.GeGlu:
                GeGlu.Backward(pass.Pool, dgate, dup, dhidden, a.Gate, a.Up);
                break;
            default:
                Activation.Backward(pass.Pool, Ungated(pass.Config.FeedForward), dup, dhidden, a.Up);
                break;
        }

        if (weights.GateUp is { } fused)
        {
            fused.Backward(pass.Pool, dinput, dboth, a.FeedForwardInput, a.GateInner, memory, accumulate: false, pass.Dropout);
            return;
        }

        weights.Gate?.Backward(pass.Pool, dinput, dgate, a.FeedForwardInput, a.GateInner, memory, accumulate: false, pass.Dropout);
        weights.Up!.Backward(pass.Pool, dinput, dup, a.FeedForwardInput, a.UpInner, memory, accumulate: weights.Gate is not null, pass.Dropout);
    }

    private static ActivationKind Ungated(FeedForwardKind kind) => kind == FeedForwardKind.GeluErf ? ActivationKind.GeluErf : ActivationKind.GeluTanh;
}
