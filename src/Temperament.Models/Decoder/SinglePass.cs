using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Decoder;

/// <summary>One forward pass over one sequence, and what it leaves: for looking into a model, not for speed.</summary>
public static class SinglePass
{
    /// <summary>The logits of every position.</summary>
    /// <param name="network">The network, with or without an adapter.</param>
    /// <param name="tokens">Token ids, at least one.</param>
    /// <param name="hooks">Readers and writers of activations; null for none.</param>
    /// <returns>(T, V) logits.</returns>
    public static Tensor Logits(DecoderNetwork network, int[] tokens, HookSet? hooks = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var state = new DecoderState(keepsActivations: false);
        TokenBatch batch = TokenBatch.From([new TokenSequence(tokens)]);
        Tensor final = network.Forward(batch, state, hooks: hooks);
        Tensor logits = Tensor.Zeros(tokens.Length, network.Config.VocabularySize);
        network.Logits(logits, final, hooks, batch);
        return logits;
    }

    /// <summary>The activations of one place.</summary>
    /// <param name="network">The network, with or without an adapter.</param>
    /// <param name="tokens">Token ids, at least one.</param>
    /// <param name="site">The place.</param>
    /// <param name="layer">Block, from 0; 0 for a place outside of the blocks.</param>
    /// <returns>(T, width) activations; (T * H, T) for the weights of attention.</returns>
    public static Tensor Activations(DecoderNetwork network, int[] tokens, HookSite site, int layer)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, network.Config.Layers);
        var copy = new ActivationCopy((wanted, block) => wanted == site && block == layer);
        Logits(network, tokens, new HookSet(copy));
        return copy.Found[(site, layer)];
    }
}
