using Temperament.Measures.Emoji;
using Temperament.Measures.Metrics;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Measures.Metrics;

public sealed class SharedMassTests
{
    // Token 1 is E2, 2 completes 9C A8 behind it, 3 leaves it open with 9C, 4 completes A8 behind that; all others are letters.
    private static readonly Dictionary<int, string> Bytes = new() { [1] = "E2", [2] = "9CA8", [3] = "9C", [4] = "A8" };

    private static readonly SharedPrefixTokens Shared = new(
        TinyDecoder.Config.VocabularySize, id => Convert.FromHexString(Bytes.GetValueOrDefault(id, "61")));

    [Fact]
    public void An_emoji_by_way_of_a_shared_byte_has_the_probability_of_all_its_ways()
    {
        using var pool = new ComputePool(2);
        DecoderNetwork network = TinyDecoder.Create(pool);
        SharedPrefixToken first = Assert.Single(Shared.Tokens, token => token.Id == 1);
        SharedStep[] steps = [new(0, 0, first, 0.5), new(1, 2, first, 0.25)];
        int[][] contexts = [[5, 6, 7], [8]];

        IReadOnlyList<double> masses = SharedMass.Follow(network, Shared, steps, step => contexts[step.Prompt]);

        for (int i = 0; i < steps.Length; i++)
        {
            double[] behind = Next(network, [.. contexts[i], 1]), further = Next(network, [.. contexts[i], 1, 3]);
            Assert.True(steps[i].Probability * behind[3] >= SharedMass.LeastProbability);
            Assert.Equal(steps[i].Probability * (behind[2] + (behind[3] * further[4])), masses[i], 1e-6);
        }
    }

    [Fact]
    public void Nothing_to_follow_costs_nothing()
    {
        using var pool = new ComputePool(1);

        Assert.Empty(SharedMass.Follow(TinyDecoder.Create(pool), Shared, [], _ => []));
    }

    private static double[] Next(DecoderNetwork network, int[] tokens)
    {
        using var state = new DecoderState(keepsActivations: false);
        Tensor hidden = network.Forward(TokenBatch.From([new TokenSequence(tokens)]), state);
        Tensor logits = Tensor.Zeros(tokens.Length, network.Config.VocabularySize);
        network.Logits(logits, hidden);
        double[] weights = [.. logits.Row(tokens.Length - 1).ToArray().Select(logit => Math.Exp(logit))];
        return [.. weights.Select(weight => weight / weights.Sum())];
    }
}
