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
        Tensor final = network.Forward(TokenBatch.From([new TokenSequence(tokens)]), state, hooks: hooks);
        Tensor logits = Tensor.Zeros(tokens.Length, network.Config.VocabularySize);
        network.Logits(logits, final);
        return logits;
    }

    /// <summary>The activations of one place.</summary>
    /// <param name="network">The network, with or without an adapter.</param>
    /// <param name="tokens">Token ids, at least one.</param>
    /// <param name="site">The place.</param>
    /// <param name="layer">Block, from 0.</param>
    /// <returns>(T, width) activations.</returns>
    public static Tensor Activations(DecoderNetwork network, int[] tokens, HookSite site, int layer)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, network.Config.Layers);
        using var state = new DecoderState(keepsActivations: false);
        var copy = new Copy(site, layer);
        network.Forward(TokenBatch.From([new TokenSequence(tokens)]), state, hooks: new HookSet(copy));
        return copy.Found;
    }

    private sealed class Copy(HookSite wanted, int wantedLayer) : IActivationHook
    {
        public Tensor Found { get; private set; }

        public bool Wants(HookSite site, int layer) => site == wanted && layer == wantedLayer;

        public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
        {
            Found = Tensor.Zeros(activation.Rows, activation.Columns);
            Found.CopyFrom(activation);
        }
    }
}
