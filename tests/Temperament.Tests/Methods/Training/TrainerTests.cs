using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models.Decoder;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Methods.Training;

public sealed class TrainerTests
{
    private static readonly TrainingConfig Config = new() { LearningRate = 0.02, BatchSize = 4, MaxSteps = 6, WeightDecay = 0.01, Seed = 3 };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    public void Micro_batches_and_threads_change_no_bit(int micro, int threads)
    {
        Assert.Equal(Train(Config with { MicroBatchSize = 0 }, threads: 1), Train(Config with { MicroBatchSize = micro }, threads));
    }

    [Fact]
    public void Another_seed_trains_something_else()
    {
        Different(Train(Config, 1), Train(Config with { Seed = 4 }, 1));
    }

    [Fact]
    public void A_resumed_run_gives_the_bits_of_one_that_never_stopped()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("temper").FullName, "checkpoint.safetensors");
        float[] straight = Train(Config, 1);

        using var pool = new ComputePool(1);
        (DecoderNetwork first, LoraAdapter adapter) = Fresh(pool);
        using (var trainer = new Trainer(first, adapter.Parameters, Config))
        {
            using var stop = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => trainer.Run(Samples(), step => Cancel(step, stop), stop.Token));
            TrainingCheckpoint.Save(path, trainer, "run");
        }

        (DecoderNetwork second, LoraAdapter again) = Fresh(pool);
        using var resumed = new Trainer(second, again.Parameters, Config);
        TrainingCheckpoint.Restore(path, resumed, "run");
        Assert.Equal(3, resumed.StepsDone);
        resumed.Run(Samples());

        Assert.Equal(straight, Values(again));
        Assert.Throws<TrainingException>(() => TrainingCheckpoint.Restore(path, resumed, "another run"));

        static void Cancel(TrainingStep step, CancellationTokenSource stop)
        {
            if (step.Step == 2)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void One_batch_is_learned_by_heart_and_the_base_stays_as_it_was()
    {
        using var pool = new ComputePool(1);
        (DecoderNetwork network, LoraAdapter adapter) = Fresh(pool);
        float[][] before = [.. network.Weights.Parameters.Select(p => p.Value.Span.ToArray())];
        var losses = new List<double>();

        using (var trainer = new Trainer(network, adapter.Parameters, Config with { MaxSteps = 60, BatchSize = 2, Schedule = ScheduleKind.Constant }))
        {
            trainer.Run([TinyDecoder.Sequence(6, 1), TinyDecoder.Sequence(6, 2)], step => losses.Add(step.Loss));
        }

        Assert.True(losses[^1] < 0.2 * losses[0], $"{losses[0]} fell to {losses[^1]} only");
        Assert.Equal(before, network.Weights.Parameters.Select(p => p.Value.Span.ToArray()));
    }

    [Fact]
    public void A_fresh_adapter_and_one_that_is_off_change_no_bit()
    {
        using var pool = new ComputePool(1);
        DecoderNetwork network = TinyDecoder.Create(pool);
        float[] bare = Final(network);
        LoraAdapter adapter = LoraAdapter.Create(network, new LoraConfig { Rank = 3 }, seed: 1);
        adapter.Attach(network);
        Assert.Equal(bare, Final(network));

        using (var trainer = new Trainer(network, adapter.Parameters, Config))
        {
            trainer.Run(Samples());
        }

        Different(bare, Final(network));
        adapter.SetEnabled(false);
        Assert.Equal(bare, Final(network));
        adapter.SetEnabled(true);
        LoraAdapter.Detach(network);
        Assert.Equal(bare, Final(network));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run_and_keeps_the_last_good_step()
    {
        using var pool = new ComputePool(1);
        (DecoderNetwork network, LoraAdapter adapter) = Fresh(pool);
        using var trainer = new Trainer(network, adapter.Parameters, Config);
        trainer.Step([TokenBatch.From(Samples())], 0.01);
        float[] good = Values(adapter);
        network.Weights.FinalNorm.Weight.Value[0, 0] = float.NaN;

        TrainingException e = Assert.Throws<TrainingException>(() => trainer.Step([TokenBatch.From(Samples())], 0.01));

        Assert.Contains("Step 1", e.Message, StringComparison.Ordinal);
        Assert.Equal(good, Values(adapter));
    }

    [Fact]
    public void Samples_without_a_token_to_train_on_are_refused()
    {
        using var pool = new ComputePool(1);
        (DecoderNetwork network, LoraAdapter adapter) = Fresh(pool);
        using var trainer = new Trainer(network, adapter.Parameters, Config);

        Assert.Throws<TrainingException>(() => trainer.Run([new TokenSequence([1, 2, 3])]));
        Assert.Throws<TrainingException>(() => trainer.Run([]));
    }

    [Fact]
    public void Dropout_depends_on_the_row_of_the_step_and_not_on_the_micro_batch()
    {
        float[] Dropped(int micro) => Train(Config with { MicroBatchSize = micro }, 1, dropout: 0.3);

        Assert.Equal(Dropped(0), Dropped(1));
        Different(Dropped(0), Train(Config, 1));
    }

    private static float[] Train(TrainingConfig config, int threads, double dropout = 0)
    {
        using var pool = new ComputePool(threads);
        (DecoderNetwork network, LoraAdapter adapter) = Fresh(pool, dropout);
        using var trainer = new Trainer(network, adapter.Parameters, config);
        trainer.Run(Samples());
        return Values(adapter);
    }

    private static (DecoderNetwork Network, LoraAdapter Adapter) Fresh(ComputePool pool, double dropout = 0)
    {
        DecoderNetwork network = TinyDecoder.Create(pool);
        LoraAdapter adapter = LoraAdapter.Create(network, new LoraConfig { Rank = 4, Alpha = 8, Dropout = dropout }, seed: 11);
        adapter.Attach(network);
        return (network, adapter);
    }

    private static TokenSequence[] Samples() => [.. Enumerable.Range(0, 10).Select(i => TinyDecoder.Sequence(4 + (i % 3), i))];

    private static float[] Values(LoraAdapter adapter) => [.. adapter.Parameters.SelectMany(p => p.Value.Span.ToArray())];

    private static void Different(float[] a, float[] b) => Assert.False(a.AsSpan().SequenceEqual(b));

    private static float[] Final(DecoderNetwork network)
    {
        using var state = new DecoderState(keepsActivations: false);
        return network.Forward(TokenBatch.From(Samples()), state).Span.ToArray();
    }
}
