using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>
/// What goes wrong silently elsewhere is planted here in texts, weights and modules, and must be refused with the message that says so; <c>--show-live-output on</c> prints
/// each message.
/// </summary>
public sealed class PlantedFaultTests(ITestOutputHelper output) : PlantedFaults(output)
{
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
    public void An_adapter_is_never_merged_into_4_bits()
    {
        using LanguageModel model = Model(quantization: BaseQuantization.Nf4Double);
        LoraAdapter adapter = LoraAdapter.Create(model.Network, new LoraConfig { Rank = 2, TargetModules = ["all-linear"] }, seed: 1);
        adapter.Branches[0].Branch.B.Value.Span.Fill(0.01f);

        (string path, Tensor merged) = AdapterMerge.Weights(model.Network, adapter).First();

        // The sum holds numbers that no 4-bit block of 64 has: more than 16 in one block.
        Assert.True(merged.Span[..64].ToArray().Distinct().Count() > 16, path);
        AssertSays(Assert.Throws<AdapterException>(() => AdapterFile.Load(Folder, model.Network)), "a folder without adapter_config.json");
        using ModelSource source = ModelSource.Open(Path.Combine(Folder, "model"));
        var merge = new CheckpointMerge(LoraAdapter.Create(model.Network, new LoraConfig { Rank = 2, TargetModules = ["all-linear"] }, seed: 1), StoredAs.F32, gguf: false, Pool);
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
        string gguf = Path.Combine(Folder, "adapter.gguf");
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
}
