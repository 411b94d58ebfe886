using System.Text.Json;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.ModelTests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>
/// What goes wrong silently elsewhere is planted here around a run: its folder, disk, checkpoint and memory, and must be refused with the message that says so; <c>--show-live-output on</c> prints
/// each message.
/// </summary>
public sealed class PlantedRunFaultTests(ITestOutputHelper output) : PlantedFaults(output)
{
    [Fact]
    public void A_file_in_the_place_of_the_folder_is_named()
    {
        using LanguageModel model = Model();
        string file = Path.Combine(Folder, "taken");
        File.WriteAllText(file, "mine");

        AssertRefused(() => Open(model, Recipe() with { Out = file }).Run(resume: false, null, CancellationToken.None), "taken is a file; expected a folder for the adapter");
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [Fact]
    public void A_learning_rate_of_zero_is_no_success()
    {
        using LanguageModel model = Model();
        Recipe recipe = Recipe();
        using TrainingRun run = Open(model, recipe with { Training = recipe.Training with { LearningRate = 0 } });

        TrainingException error = Assert.Throws<TrainingException>(() => run.Run(resume: false));

        AssertSays(error, "learned nothing");
        Assert.False(File.Exists(Path.Combine(recipe.Out, "adapter_model.safetensors")));
    }

    [Fact]
    public void A_checkpoint_is_not_taken_up_by_another_recipe_or_by_other_data()
    {
        using LanguageModel model = Model();
        Recipe recipe = Recipe() with { SaveEvery = 1 };
        Stop(model, recipe, steps: 2);
        Recipe other = recipe with { Training = recipe.Training with { LearningRate = 0.5 } };

        AssertRefused(() => Open(model, other).Run(resume: true), "its recipe, data or base model differ");
        LoraAdapter.Detach(model.Network);
        IReadOnlyList<TrainingSample> samples = Samples(model, recipe);
        AssertRefused(() => new TrainingRun(model, TrainingData.Of([.. samples.Skip(1)]), recipe).Run(resume: true), "its recipe, data or base model differ");
        LoraAdapter.Detach(model.Network);
        AssertRefused(() => Open(model, recipe).Run(resume: false), "Go on with --resume");
        LoraAdapter.Detach(model.Network);
        using TrainingRun resumed = Open(model, recipe);
        Assert.False(resumed.Run(resume: true).WasThere);
        resumed.Dispose();
        AssertRefused(() => Open(model, other).Run(resume: false), "holds the adapter of another run");
        LoraAdapter.Detach(model.Network);
        AssertRefused(() => Open(model, other).IsDone(resume: true), "holds the adapter of another run");
        LoraAdapter.Detach(model.Network);
        using TrainingRun same = Open(model, recipe);
        Assert.True(same.IsDone(resume: false));
    }

    [Fact]
    public void AFolder_that_another_run_holds_is_refused()
    {
        using LanguageModel model = Model();
        Recipe recipe = Recipe();
        Directory.CreateDirectory(recipe.Out);
        using var held = new FileStream(Path.Combine(recipe.Out, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using TrainingRun run = Open(model, recipe);

        AssertRefused(() => run.Run(resume: false), "in use by another run");
    }

    [Fact]
    public void A_disk_without_room_is_found_before_the_first_step()
    {
        using LanguageModel model = Model();
        using TrainingRun run = Open(model, Recipe());

        AssertRefused(() => run.Preview.RequireSound(Recipe(), _ => run.Preview.DiskBytes - 1), "Free some space");
        run.Preview.RequireSound(Recipe(), _ => run.Preview.DiskBytes);
    }

    // What is written to /dev/full fails as on a disk without room.
    [Fact]
    public void A_disk_that_fills_during_a_run_leaves_the_last_checkpoint_and_the_run_goes_on_when_there_is_room()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full");
        using LanguageModel model = Model();
        Recipe recipe = Recipe() with { SaveEvery = 1 };
        string partial = Path.Combine(recipe.Out, $"{TrainingRun.CheckpointName}.{Environment.ProcessId}.partial");
        using (TrainingRun full = Open(model, recipe))
        {
            AssertRefused(() => full.Run(resume: false, step =>
            {
                if (step.Step == 1)
                {
                    File.CreateSymbolicLink(partial, "/dev/full");
                }
            }), "The last checkpoint is whole: free some space and go on with --resume");
        }

        Assert.False(File.Exists(Path.Combine(recipe.Out, "adapter_model.safetensors")));
        using TrainingRun again = Open(model, recipe);
        Assert.Equal(4, again.Run(resume: true).Steps);
        Assert.Contains(File.ReadLines(Path.Combine(recipe.Out, TrainingLog.FileName)), line => line.Contains("\"event\":\"resume\"", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_exported_and_what_servers_limit_is_said_before_the_first_step()
    {
        using LanguageModel model = Model();
        using (TrainingRun whole = Open(model, Recipe() with { Lora = new LoraConfig { Rank = 4, ModulesToSave = ["embed_tokens"] } }))
        {
            Assert.Contains("is trained whole", whole.Preview.NoExport!, StringComparison.Ordinal);
        }

        using TrainingRun wide = Open(model, Recipe() with { Lora = new LoraConfig { Rank = 64 } });
        Assert.Null(wide.Preview.NoExport);
        Assert.Equal(64, wide.Preview.LargestRank);
        AdapterException tied = Assert.Throws<AdapterException>(() => LoraAdapter.Create(model.Network, new LoraConfig { ModulesToSave = ["lm_head"] }, 0));
        AssertSays(tied, "name embed_tokens");
    }

    [Fact]
    public void Validation_loss_alone_chooses_the_weights_and_ends_the_run()
    {
        using LanguageModel model = Model();
        IReadOnlyList<TrainingSample> samples = Samples(model, Recipe());
        Recipe recipe = Recipe() with
        {
            Training = Recipe().Training with { LearningRate = 0.2, MaxSteps = 30, Schedule = ScheduleKind.Constant },
            Evaluation = new RecipeEvaluation { Every = 2, Patience = 2 },
        };
        using var run = new TrainingRun(model, TrainingData.Of([samples[0]], [samples[1]]), recipe);

        TrainingResult result = run.Run(resume: false);

        string[] lines = [.. File.ReadLines(Path.Combine(recipe.Out, TrainingLog.FileName)).Where(l => l.StartsWith("{\"event\":\"evaluation\"", StringComparison.Ordinal))];
        double[] losses = [.. lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("validation loss").GetDouble())];
        Assert.Equal(2 * (Array.IndexOf(losses, losses.Min()) + 1), result.BestStep);
        Assert.Equal(losses.Min(), TrainingPreview.Score(model, [samples[1].Sequence]), 1e-9);
        Assert.True(result.Steps < 30, "patience ends the run");
        Assert.False(File.Exists(Path.Combine(recipe.Out, "best.safetensors")));
        Assert.Throws<TrainingException>(() => new TrainingRun(model, TrainingData.Of([samples[0]]), recipe));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_estimate_of_memory_is_within_15_percent_of_what_is_taken(bool checkpointing)
    {
        ReplayCase replay = ReplayCase.Open(Oracles.Golden("training"), "llama-nf4-lora");
        Recipe recipe = RecipeReader.ReadFile(replay.WriteRecipe(Path.Combine(Folder, "out")));
        recipe = recipe with { Training = recipe.Training with { Checkpointing = checkpointing } };
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(recipe.Model), Pool);
        GivenBatches batches = GivenBatches.Open(recipe.Batches!, model.Config, recipe.Training);
        LoraAdapter adapter = AdapterFile.Load(recipe.StartFrom!, model.Network);
        adapter.Attach(model.Network);
        using var trainer = new Trainer(model.Network, adapter.Parameters, recipe.Training);
        TokenBatch largest = Enumerable.Range(0, batches.Steps).Select(s => batches.At(s)[0].Tokens).MaxBy(b => b.Rows)!;

        var estimate = TrainingMemory.Estimate(model.Network, trainer.Parameters, largest.Rows, largest.TargetCount, recipe.Training);
        trainer.Probe([new MicroBatch(largest)]);
        trainer.Probe([new MicroBatch(largest)]);
        trainer.Probe([new MicroBatch(largest)]);

        Assert.Equal(trainer.TrainedBytes, estimate.Trained);
        Assert.Equal(model.Network.Weights.Bytes, estimate.Weights);
        Assert.InRange(estimate.Activations / (double)trainer.ActivationBytes, 0.85, 1.15);
    }

    [Fact]
    public void A_run_that_may_choose_keeps_its_activations_only_where_a_quarter_of_the_free_memory_is_enough()
    {
        ReplayCase replay = ReplayCase.Open(Oracles.Golden("training"), "llama-nf4-lora");
        Recipe recipe = RecipeReader.ReadFile(replay.WriteRecipe(Path.Combine(Folder, "out")));
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(recipe.Model), Pool);
        LoraAdapter adapter = AdapterFile.Load(recipe.StartFrom!, model.Network);
        adapter.Attach(model.Network);
        Parameter[] parameters = [.. adapter.Parameters];
        bool Checkpoints(bool on, bool chooses, long free) => TrainingMemory.Checkpoints(
            model.Network, parameters, 64, 64, recipe with { ChoosesCheckpointing = chooses, Training = recipe.Training with { Checkpointing = on } }, free);
        var kept = TrainingMemory.Estimate(model.Network, parameters, 64, 64, recipe.Training with { Checkpointing = false });
        long enough = 4 * (kept.Trained + kept.Activations);

        Assert.False(Checkpoints(on: true, chooses: true, enough));
        Assert.True(Checkpoints(on: true, chooses: true, enough - 4));
        Assert.True(Checkpoints(on: true, chooses: false, long.MaxValue));
        Assert.False(Checkpoints(on: false, chooses: false, 0));
    }
}
