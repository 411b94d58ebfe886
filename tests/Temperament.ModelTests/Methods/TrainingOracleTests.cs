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
    public static TheoryData<string> Cases => [.. ReplayCase.All];

    [Fact]
    public void Every_case_of_the_reference_is_listed() => Assert.Equal(
        Directory.GetDirectories(Oracles.Shared("oracles", "training")).Select(folder => Path.GetFileName(folder)!).Where(name => name != "bases").Order(),
        ReplayCase.All.Order());

    [Fact]
    public void Ten_steps_of_the_kept_case_equal_the_reference() => Check(ReplayCase.Open(Oracles.Golden("training"), "llama-nf4-lora"), baseName: null);

    [Fact]
    public void A_folder_of_nested_4_bit_weights_trains_as_its_dequantised_twin() =>
        Check(ReplayCase.Open(Oracles.Golden("training"), "llama-nf4-lora"), "llama-nf4");

    [Theory, MemberData(nameof(Cases))]
    public void Ten_steps_equal_the_reference(string name)
    {
        ReplayCase replay = ReplayCase.Open(Oracles.Shared("oracles", "training"), name);
        if (name == ReplayCase.Classifier)
        {
            Check(replay, ClassifierReplay.Run(replay));
        }
        else
        {
            Check(replay, baseName: null);
        }
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

    private void Check(ReplayCase replay, string? baseName) => Check(replay, replay.Replay(baseName));

    // Ten steps of Adam, which divides by the size of the gradient, are as far apart as the file of the case says; 1e-4 where it says less.
    private void Check(ReplayCase replay, ReplayErrors errors)
    {
        output.WriteLine($"{replay.Spec.GetProperty("name").GetString(),-22} {errors}");
        JsonElement tolerance = replay.Tolerance;
        Assert.InRange(errors.Loss, 0, tolerance.GetProperty("loss_relative").GetDouble());
        Assert.InRange(errors.Norm, 0, tolerance.GetProperty("grad_norm_relative").GetDouble());
        Assert.InRange(errors.Weights.Final, 0, Math.Max(1e-4, Math.Sqrt(tolerance.GetProperty("final").GetDouble())));
        Assert.InRange(errors.Weights.Change, 0, tolerance.GetProperty("change").GetDouble());
    }
}
