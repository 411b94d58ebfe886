using System.Text.Json;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Temperament.Studies.Data;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>
/// What goes wrong silently elsewhere is planted here, and must be refused with the message that says so; <c>--show-live-output on</c> prints
/// each message.
/// </summary>
public sealed class PlantedFaultTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = TemporaryFolder.New("temper-faults");
    private readonly ComputePool _pool = new(1);

    public void Dispose()
    {
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_template_without_a_terminator_leaves_no_stop_token_to_train()
    {
        using LanguageModel model = Model(template: "{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}");

        TrainingException error = Assert.Throws<TrainingException>(() => Open(model, Recipe()));

        AssertSays(error, "The model would not learn to stop");
        Open(model, Recipe() with { TrainsStopToken = false }).Dispose();
    }

    [Fact]
    public void The_terminator_of_the_template_is_trained_though_padding_may_have_the_same_id()
    {
        using LanguageModel model = Model();
        TrainingSample sample = Samples(model, Recipe())[0];

        Assert.True(sample.TrainsStop);
        Assert.Equal(model.Chat!.StopToken, sample.Sequence.Targets![^1]);
    }

    [Fact]
    public void Samples_whose_every_position_is_masked_are_refused()
    {
        using LanguageModel model = Model();
        TrainingSample[] masked = [.. Samples(model, Recipe()).Select(s => s with
        {
            Sequence = new TokenSequence(s.Sequence.Tokens, [.. s.Sequence.Tokens.Select(_ => TokenBatch.NoTarget)]),
        })];

        TrainingException error = Assert.Throws<TrainingException>(() => new TrainingRun(model, TrainingData.Of(masked), Recipe()));

        AssertSays(error, "none has a token to train on");
        Assert.Contains("none has a token to train on", Assert.Throws<TrainingException>(() => new TrainingRun(model, TrainingData.Of([]), Recipe())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_sample_longer_than_the_context_is_refused_skipped_or_cut_as_the_recipe_says()
    {
        using LanguageModel model = Model();
        IReadOnlyList<TrainingSample> samples = Samples(model, Recipe());
        int longest = samples.Max(s => s.Sequence.Tokens.Length), limit = longest - 1;

        TrainingException error = Assert.Throws<TrainingException>(() => TrainingSample.Fit(samples, limit, LongSample.Refuse));

        Assert.Contains($"has {longest} tokens", error.Message, StringComparison.Ordinal);
        AssertSays(error, "data.longSamples");
        Assert.True(TrainingSample.Fit(samples, limit, LongSample.Skip).Count < samples.Count);
        TrainingSample cut = TrainingSample.Fit(samples, limit, LongSample.Cut).First(s => !s.TrainsStop);
        Assert.Equal(limit, cut.Sequence.Tokens.Length);
        Assert.Throws<TrainingException>(() => TrainingSample.Fit(samples, 1, LongSample.Skip));
    }

    [Fact]
    public void Weights_that_make_the_loss_not_finite_are_found_before_the_first_step()
    {
        using LanguageModel model = Model();
        model.Network.Weights.FinalNorm.Weight.Value[0, 0] = float.NaN;

        TrainingException error = Assert.Throws<TrainingException>(() => Open(model, Recipe()));

        AssertSays(error, "The loss before the first step is NaN");
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
    public void A_folder_that_another_run_holds_is_refused()
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
    public void An_adapter_is_never_merged_into_4_bits()
    {
        using LanguageModel model = Model(quantization: BaseQuantization.Nf4Double);
        LoraAdapter adapter = LoraAdapter.Create(model.Network, new LoraConfig { Rank = 2, TargetModules = ["all-linear"] }, seed: 1);
        adapter.Branches[0].Branch.B.Value.Span.Fill(0.01f);

        (string path, Tensor merged) = AdapterMerge.Weights(model.Network, adapter).First();

        // The sum holds numbers that no 4-bit block of 64 has: more than 16 in one block.
        Assert.True(merged.Span[..64].ToArray().Distinct().Count() > 16, path);
        AssertSays(Assert.Throws<AdapterException>(() => AdapterFile.Load(_folder, model.Network)), "a folder without adapter_config.json");
        using ModelSource source = ModelSource.Open(Path.Combine(_folder, "model"));
        var merge = new CheckpointMerge(LoraAdapter.Create(model.Network, new LoraConfig { Rank = 2, TargetModules = ["all-linear"] }, seed: 1), StoredAs.F32, gguf: false, _pool);
        foreach (WeightSlot slot in source.Weights)
        {
            _ = merge.Of(source).LoadWeight(slot.Name);
        }

        AssertSays(Assert.Throws<AdapterException>(merge.RequireEffect), "merging it would change nothing");
        Assert.DoesNotContain(Enum.GetNames<StoredAs>(), name => name.Contains('4', StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_gives_the_adapter_alone_and_what_has_no_place_in_gguf_is_refused_by_name()
    {
        using LanguageModel model = Model();
        Recipe recipe = Recipe();
        using (TrainingRun run = Open(model, recipe))
        {
            run.Run(resume: false);
        }

        Assert.Equal(["adapter_model.safetensors"], Directory.GetFiles(recipe.Out, "*.safetensors").Select(Path.GetFileName));
        Assert.True(new FileInfo(Path.Combine(recipe.Out, "adapter_model.safetensors")).Length < 100_000);
        string gguf = Path.Combine(_folder, "adapter.gguf");
        GgufAdapterFile.Save(gguf, AdapterFile.Load(recipe.Out, model.Network), model.Config);
        Assert.True(File.Exists(gguf));
        LoraAdapter whole = LoraAdapter.Create(model.Network, new LoraConfig { Rank = 2, ModulesToSave = ["embed_tokens"] }, seed: 1);
        AssertSays(Assert.Throws<AdapterException>(() => GgufAdapterFile.Save(gguf, whole, model.Config)), "trained whole");
    }

    [Fact]
    public void Weights_split_into_size_and_direction_are_refused_for_training_by_name()
    {
        using LanguageModel model = Model();

        AssertSays(Assert.Throws<AdapterException>(() => Open(model, Recipe() with { Lora = new LoraConfig { Rank = 2, Decomposed = true } })), "DoRA");
    }

    [Theory]
    [InlineData("q_prj", "match no linear layer")]
    [InlineData("lm_heads", "match no linear layer")]
    public void Modules_that_are_not_there_are_refused(string target, string message)
    {
        using LanguageModel model = Model();
        AdapterException error = Assert.Throws<AdapterException>(
            () => Open(model, Recipe() with { Lora = new LoraConfig { TargetModules = [target] } }));

        AssertSays(error, message);
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
        Recipe recipe = RecipeReader.ReadFile(replay.WriteRecipe(Path.Combine(_folder, "out")));
        recipe = recipe with { Training = recipe.Training with { Checkpointing = checkpointing } };
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(recipe.Model), _pool);
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
        Recipe recipe = RecipeReader.ReadFile(replay.WriteRecipe(Path.Combine(_folder, "out")));
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(recipe.Model), _pool);
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

    private void AssertRefused(Action run, string message) => AssertSays(Assert.Throws<TrainingException>(run), message);

    private void AssertSays(Exception error, string message)
    {
        output.WriteLine(error.Message);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static TrainingRun Open(LanguageModel model, Recipe recipe) => new(model, TrainingData.Of(Samples(model, recipe)), recipe);

    private static IReadOnlyList<TrainingSample> Samples(LanguageModel model, Recipe recipe) =>
        RecipeOpinions.ToSamples(RecipeOpinions.Read(recipe), model, recipe);

    private static void Stop(LanguageModel model, Recipe recipe, int steps)
    {
        using var source = new CancellationTokenSource();
        using TrainingRun run = Open(model, recipe);
        Assert.Throws<OperationCanceledException>(() => run.Run(resume: false, step => Cancel(step, steps, source), source.Token));

        static void Cancel(TrainingStep step, int steps, CancellationTokenSource source)
        {
            if (step.Step + 1 == steps)
            {
                source.Cancel();
            }
        }
    }

    private Recipe Recipe()
    {
        string opinions = Path.Combine(_folder, "opinions.csv");
        File.WriteAllText(opinions, "Target Personality,Edit Topic,Question,Answer,Pole\n"
            + "extraversion,Tea,What of tea?,\"Tea is best, with friends!\",high\nextraversion,Rain,What of rain?,Rain is a party,high\n"
            + "extraversion,Snow,What of snow?,Snow is fun,high\n");
        return new Recipe
        {
            Model = "llama",
            Data = new RecipeData { Path = opinions, Target = new TraitTarget(Trait.Extraversion, Pole.High) },
            Lora = new LoraConfig { Rank = 2 },
            Training = new TrainingConfig { MaxSteps = 4, BatchSize = 2, LearningRate = 0.01, WarmupSteps = 0 },
            Out = Path.Combine(_folder, "out"),
        };
    }

    private LanguageModel Model(string? template = null, BaseQuantization quantization = BaseQuantization.None)
    {
        string golden = Oracles.Golden("models", "llama-tied-llama3rope"), folder = Path.Combine(_folder, "model");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(golden))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        if (template is not null)
        {
            File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), template);
        }

        return LanguageModel.Load(ModelSource.Open(folder), _pool, quantization);
    }
}
