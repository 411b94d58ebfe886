using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Decoder;

public sealed class DecoderNetworkTests
{
    [Fact]
    public void A_later_token_changes_no_bit_of_an_earlier_row()
    {
        using var pool = new ComputePool(2);
        DecoderNetwork network = TinyDecoder.Create(pool);
        TokenSequence sequence = TinyDecoder.Sequence(12, 3);
        int[] changed = [.. sequence.Tokens];
        changed[9] = (changed[9] + 1) % TinyDecoder.Config.VocabularySize;

        float[] before = Final(network, sequence.Tokens), after = Final(network, changed);

        int same = 9 * TinyDecoder.Config.HiddenSize;
        Assert.True(before.AsSpan(0, same).SequenceEqual(after.AsSpan(0, same)));
        Assert.False(before.AsSpan(same).SequenceEqual(after.AsSpan(same)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_sequence_in_company_gives_the_bits_of_the_sequence_alone(int threads)
    {
        using var pool = new ComputePool(threads);
        DecoderNetwork network = TinyDecoder.Create(pool);
        TokenSequence[] sequences = [.. Enumerable.Range(0, 5).Select(i => TinyDecoder.Sequence(3 + (4 * i), i))];

        TokenBatch batch = TokenBatch.From(sequences);
        using var state = new DecoderState(keepsActivations: false);
        float[] together = network.Forward(batch, state).ToArray();

        for (int s = 0; s < sequences.Length; s++)
        {
            int start = batch.Starts[s] * TinyDecoder.Config.HiddenSize;
            float[] alone = Final(network, sequences[s].Tokens);
            Assert.True(alone.AsSpan().SequenceEqual(together.AsSpan(start, alone.Length)));
        }
    }

    [Fact]
    public void Tokens_that_come_one_by_one_through_a_cache_give_the_bits_of_the_whole_sequence()
    {
        using var pool = new ComputePool(2);
        DecoderNetwork network = TinyDecoder.Create(pool);
        int[] tokens = TinyDecoder.Sequence(15, 9).Tokens;
        float[] whole = Final(network, tokens);
        int C = TinyDecoder.Config.HiddenSize;

        var cache = new KvCache(network.Config, slots: 2, capacity: 20);
        using var state = new DecoderState(keepsActivations: false);
        cache.Select([1]);
        for (int t = 0; t < tokens.Length; t++)
        {
            Tensor final = network.Forward(TokenBatch.From([new TokenSequence([tokens[t]])], [t]), state, cache);

            Assert.True(final.Span.SequenceEqual(whole.AsSpan(t * C, C)), $"token {t}");
        }

        Assert.Equal(15, cache.Length(1));
        Assert.Equal(0, cache.Length(0));
    }

    [Fact]
    public void A_hook_that_only_looks_changes_no_bit_and_one_that_writes_is_obeyed()
    {
        using var pool = new ComputePool(1);
        DecoderNetwork network = TinyDecoder.Create(pool);
        int[] tokens = TinyDecoder.Sequence(8, 2).Tokens;
        var looker = new Recorder(write: false);

        float[] plain = Final(network, tokens), looked = Final(network, tokens, looker), written = Final(network, tokens, new Recorder(write: true));

        Assert.True(plain.AsSpan().SequenceEqual(looked));
        Assert.False(plain.AsSpan().SequenceEqual(written));
        HookSite[] order =
        [
            HookSite.ResidualBefore, HookSite.AttentionPattern, HookSite.HeadOutput, HookSite.AttentionOutput, HookSite.AttentionAdded,
            HookSite.ResidualMiddle, HookSite.MlpHidden, HookSite.MlpOutput, HookSite.MlpAdded, HookSite.Residual,
        ];
        Assert.Equal(order.Select(site => (site, 1)), looker.Seen);
    }

    [Fact]
    public void A_token_outside_the_vocabulary_is_refused()
    {
        using var pool = new ComputePool(1);
        DecoderNetwork network = TinyDecoder.Create(pool);

        Assert.Throws<ArgumentOutOfRangeException>(() => Final(network, [1, TinyDecoder.Config.VocabularySize]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Final(network, [-1]));
    }

    [Fact]
    public void A_backward_pass_without_kept_activations_is_refused()
    {
        using var pool = new ComputePool(1);
        DecoderNetwork network = TinyDecoder.Create(pool);
        using var state = new DecoderState(keepsActivations: false);
        network.Forward(TokenBatch.From([TinyDecoder.Sequence(4, 1)]), state);

        Assert.Throws<InvalidOperationException>(() => network.Backward(state, Tensor.Zeros(4, TinyDecoder.Config.HiddenSize)));
    }

    [Fact]
    public void An_empty_sequence_and_a_wrong_number_of_targets_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TokenBatch.From([new TokenSequence([])]));
        Assert.Throws<ArgumentException>(() => TokenBatch.From([new TokenSequence([1, 2], [1])]));
    }

    private static float[] Final(DecoderNetwork network, int[] tokens, IActivationHook? hook = null)
    {
        using var state = new DecoderState(keepsActivations: false);
        return network.Forward(TokenBatch.From([new TokenSequence(tokens)]), state, hooks: hook is null ? null : new HookSet(hook))
            .Span.ToArray();
    }

    private sealed class Recorder(bool write) : IActivationHook
    {
        public List<(HookSite, int)> Seen { get; } = [];

        public bool Wants(HookSite site, int layer) => layer == 1;

        public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
        {
            Seen.Add((site, layer));
            if (write && site == HookSite.MlpHidden)
            {
                activation.Clear();
            }
        }
    }
}
