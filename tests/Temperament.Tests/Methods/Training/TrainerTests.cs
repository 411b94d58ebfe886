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

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void More_threads_change_no_bit(int threads) => Assert.Equal(Train(Config, 1, dropout: 0.2), Train(Config, threads, dropout: 0.2));

    [Fact]
    public void Blocks_that_are_computed_again_change_no_bit_and_take_less_memory()
    {
        TrainingConfig kept = Config with { Checkpointing = false, EmbeddingNoise = 3 };
        Assert.Equal(Train(kept, 1, dropout: 0.3), Train(kept with { Checkpointing = true }, 2, dropout: 0.3));
        using var pool = new ComputePool(1);

        Assert.True(Activations(true) < 0.75 * Activations(false), $"{Activations(true)} bytes against {Activations(false)}");

        long Activations(bool checkpointing)
        {
            (DecoderNetwork network, LoraAdapter adapter) = Fresh(pool);
            using var trainer = new Trainer(network, adapter.Parameters, Config with { Checkpointing = checkpointing, BatchSize = 10, MaxSteps = 2 });
            trainer.Run(Samples());
            return trainer.ActivationBytes;
        }
    }

    [Theory]
    [InlineData(OptimizerKind.AdamW8Bit, 1)]
    [InlineData(OptimizerKind.AdamW8Bit, 3)]
    public void Moments_in_8_bits_resume_to_the_same_bits(OptimizerKind optimizer, int at)
    {
        using var pool = new ComputePool(1);
        TrainingConfig config = Config with { Optimizer = optimizer };
        string path = Path.Combine(TemporaryFolder.New("temper"), "checkpoint.safetensors");
        float[] Whole(int stop)
        {
            (DecoderNetwork network, _) = Fresh(pool);
            LoraAdapter.Detach(network);
            using var trainer = new Trainer(network, network.Weights.Parameters, config);
            if (stop < 0)
            {
                TrainingCheckpoint.Restore(path, trainer, "run");
            }

            trainer.Run(SampleSteps.Of(Samples(), config), step => step.Step + 1 != stop);
            if (stop > 0)
            {
                TrainingCheckpoint.Save(path, trainer, "run");
            }

            return [.. network.Weights.Parameters.SelectMany(p => p.Value.Span.ToArray())];
        }

        float[] straight = Whole(0);
        Whole(at);
        Assert.Equal(straight, Whole(-1));
    }

    [Fact]
    public void Another_seed_trains_something_else()
    {
        Different(Train(Config, 1), Train(Config with { Seed = 4 }, 1));
    }

    [Fact]
    public void A_resumed_run_gives_the_bits_of_one_that_never_stopped()
    {
        string path = Path.Combine(TemporaryFolder.New("temper"), "checkpoint.safetensors");
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
    public void A_step_that_is_not_finite_is_skipped_and_some_in_a_row_end_the_run_with_the_last_good_weights()
    {
        using var pool = new ComputePool(1);
        (DecoderNetwork network, LoraAdapter adapter) = Fresh(pool);
        using var trainer = new Trainer(network, adapter.Parameters, Config with { MaxSteps = 9, MaxBadSteps = 2 });
        float good = network.Weights.FinalNorm.Weight.Value[0, 0];
        var seen = new List<(int Step, bool Skipped)>();

        TrainingException e = Assert.Throws<TrainingException>(() => trainer.Run(Samples(), step =>
        {
            seen.Add((step.Step, step.Skipped));
            network.Weights.FinalNorm.Weight.Value[0, 0] = step.Step is 1 or 3 or 4 ? float.NaN : good;
        }));

        Assert.Equal([(0, false), (1, false), (2, true), (3, false), (4, true), (5, true)], seen);
        Assert.Equal(3, trainer.Updates);
        Assert.Contains("Step 5", e.Message, StringComparison.Ordinal);
        Assert.Contains("2 steps in a row", e.Message, StringComparison.Ordinal);
        float[] last = Values(adapter);
        network.Weights.FinalNorm.Weight.Value[0, 0] = float.NaN;
        trainer.Step([TokenBatch.From(Samples())], 0.01);
        Assert.Equal(last, Values(adapter));
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
        return network.Forward(TokenBatch.From(Samples()), state).ToArray();
    }
}
