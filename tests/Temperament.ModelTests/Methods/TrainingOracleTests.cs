using System.Globalization;
using System.Text.Json;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>
/// Ten steps of peft and torch, replayed by recipes that name the adapter they began with and their batches. The tolerances stand in each
/// case's file: a hundred times the distance between the reference in float32 and in float64.
/// </summary>
public sealed class TrainingOracleTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases => [.. ReplayCase.All.Keys];

    [Fact]
    public void Every_case_of_the_reference_is_listed() => Assert.Equal(
        Directory.GetDirectories(Oracles.Shared("oracles", "training")).Select(folder => Path.GetFileName(folder)!).Where(name => name != "bases").Order(),
        ReplayCase.All.Keys.Order());

    [Fact]
    public void Ten_steps_of_the_kept_case_equal_the_reference() => Check(ReplayCase.Open(Oracles.Golden("training"), "llama-nf4-lora"), null);

    [Fact]
    public void A_folder_of_nested_4_bit_weights_trains_as_its_dequantised_twin() =>
        Check(ReplayCase.Open(Oracles.Golden("training"), "llama-nf4-lora"), "llama-nf4");

    [Theory, MemberData(nameof(Cases))]
    public void Ten_steps_equal_the_reference(string name)
    {
        Assert.SkipWhen(ReplayCase.All[name] is not null, ReplayCase.All[name] ?? "");
        Check(ReplayCase.Open(Oracles.Shared("oracles", "training"), name), null);
    }

    [Fact]
    public void Preferences_have_the_rewards_of_the_reference()
    {
        ReplayCase dpo = ReplayCase.Open(Oracles.Shared("oracles", "training"), "llama-dpo");

        ReplayErrors errors = dpo.Replay();

        foreach ((JsonElement expected, TrainingStep step) in dpo.Steps.Zip(errors.Steps))
        {
            Assert.Equal(expected.GetProperty("accuracy").GetDouble(), step.Preferences!.Accuracy, 1e-12);
        }
    }

    [Theory]
    [InlineData("llama-f32-lora-all")]
    [InlineData("llama-modules-to-save")]
    public void The_first_gradients_equal_the_reference(string name)
    {
        ReplayCase replay = ReplayCase.Open(Oracles.Shared("oracles", "training"), name);
        Recipe recipe = RecipeReader.ReadFile(replay.WriteRecipe(Path.Combine(TemporaryFolder.New("temper"), "out")));
        using var pool = new ComputePool(2);
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(recipe.Model), pool);
        LoraAdapter adapter = AdapterFile.Load(recipe.StartFrom!, model.Network);
        adapter.Attach(model.Network);
        using var trainer = new Trainer(model.Network, adapter.Parameters, recipe.Training);
        trainer.Probe(GivenBatches.Open(recipe.Batches!, model.Config, recipe.Training).At(0));

        using SafetensorsFile gradients = SafetensorsFile.Open(Path.Combine(replay.Folder, "grads0.safetensors"));
        List<float> actual = [], expected = [];
        foreach (Parameter parameter in trainer.Parameters)
        {
            actual.AddRange(parameter.Gradient.Span.ToArray());
            expected.AddRange(gradients.ReadFloats(gradients.Tensors.ContainsKey(parameter.Name) ? parameter.Name : "base_model.model." + parameter.Name));
        }

        Assert.InRange(Oracles.Nmse(actual.ToArray(), expected.ToArray()), 0, replay.Tolerance.GetProperty("grad0").GetDouble());
    }

    private void Check(ReplayCase replay, string? baseName)
    {
        ReplayErrors errors = replay.Replay(baseName);

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{replay.Spec.GetProperty("name").GetString()}: losses {errors.Steps[0].Loss:f4} to {errors.Steps[^1].Loss:f4}; {errors}"));
        Assert.InRange(errors.Loss, 0, replay.Tolerance.GetProperty("loss_relative").GetDouble());
        Assert.InRange(errors.Norm, 0, replay.Tolerance.GetProperty("grad_norm_relative").GetDouble());
        Assert.InRange(errors.Change, 0, replay.Tolerance.GetProperty("change").GetDouble());
    }
}
