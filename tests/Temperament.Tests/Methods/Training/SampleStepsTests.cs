using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models.Decoder;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Methods.Training;

public sealed class SampleStepsTests
{
    [Fact]
    public void Packs_hold_every_sample_once_and_no_more_tokens_than_allowed()
    {
        int[] lengths = [5, 9, 3, 3, 7, 12, 1, 4];

        IReadOnlyList<IReadOnlyList<int>> packs = SamplePacking.Pack(lengths, 10);

        Assert.Equal(Enumerable.Range(0, 8), packs.SelectMany(p => p).Order());
        Assert.All(packs, pack => Assert.True(pack.Count == 1 || pack.Sum(i => lengths[i]) <= 10));
        Assert.Equal(5, packs.Count);
    }

    [Fact]
    public void The_loss_of_a_packed_step_is_that_of_its_samples_apart()
    {
        using var pool = new ComputePool(1);
        TokenSequence[] samples = [.. Enumerable.Range(0, 6).Select(i => TinyDecoder.Sequence(3 + i, i))];
        SampleSteps packed = SampleSteps.Of(samples, new TrainingConfig { PackTokens = 12, BatchSize = 3, MaxSteps = 1 });
        DecoderNetwork network = TinyDecoder.Create(pool);
        LoraAdapter adapter = LoraAdapter.Create(network, new LoraConfig { Rank = 2 }, 1);
        adapter.Attach(network);
        using var trainer = new Trainer(network, adapter.Parameters, new TrainingConfig());

        MicroBatch batch = Assert.Single(packed.At(0));
        double loss = trainer.Probe([batch]);
        TokenSequence[] rows = [.. Enumerable.Range(0, batch.Tokens.Sequences).Select(s => new TokenSequence(
            batch.Tokens.Tokens[batch.Tokens.Starts[s]..batch.Tokens.Starts[s + 1]], batch.Tokens.Targets[batch.Tokens.Starts[s]..batch.Tokens.Starts[s + 1]]))];

        Assert.True(packed.Units < samples.Length);
        Assert.Equal(loss, trainer.Probe([.. rows.Select(row => new MicroBatch(TokenBatch.From([row])))]));
    }

    [Fact]
    public void Steps_grouped_by_length_hold_samples_of_like_length()
    {
        TokenSequence[] samples = [.. Enumerable.Range(0, 40).Select(i => TinyDecoder.Sequence(2 + (i * 7 % 20), i))];
        double Spread(bool grouped)
        {
            SampleSteps steps = SampleSteps.Of(samples, new TrainingConfig { BatchSize = 4, GroupByLength = grouped });
            return Enumerable.Range(0, steps.Steps).Select(s =>
            {
                int[] starts = steps.At(s)[0].Tokens.Starts;
                int[] lengths = [.. Enumerable.Range(0, starts.Length - 1).Select(i => starts[i + 1] - starts[i])];
                return (double)(lengths.Max() - lengths.Min());
            }).Average();
        }

        Assert.True(Spread(true) < 0.4 * Spread(false));
    }

    [Fact]
    public void A_preference_step_holds_the_chosen_samples_and_then_the_rejected_ones()
    {
        TokenSequence[] chosen = [.. Enumerable.Range(0, 4).Select(i => TinyDecoder.Sequence(3, i))];
        TokenSequence[] rejected = [.. Enumerable.Range(0, 4).Select(i => TinyDecoder.Sequence(5, 10 + i))];
        SampleSteps steps = SampleSteps.OfPairs(chosen, rejected, new TrainingConfig { BatchSize = 4, MicroBatchSize = 2 });

        IReadOnlyList<MicroBatch> batches = steps.At(0);

        Assert.Equal([2, 2], batches.Select(b => b.Pairs));
        Assert.All(batches, b => Assert.Equal([0, 3, 6, 11, 16], b.Tokens.Starts));
    }
}
