using System.Text.Json;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>Five AdamW steps of peft on the real model, replayed from its first numbers and batches; a sixth step shows the loss after the last.</summary>
public sealed class SmolLm2TrainingTests(ITestOutputHelper output)
{
    private const int Steps = 6;

    [Theory]
    [InlineData("none", "f32")]
    [InlineData("nf4-double", "nf4")]
    public void The_losses_of_the_real_model_equal_the_reference(string quantize, string run)
    {
        string model = Oracles.Shared("models", "smollm2-135m-instruct"), folder = TemporaryFolder.New("temper-smollm2");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(model, "oracle.json")));
        JsonElement lora = document.RootElement.GetProperty("lora"), expected = lora.GetProperty("runs").GetProperty(run);
        WriteBatches(Path.Combine(folder, "batches.jsonl"), lora.GetProperty("samples"));
        WriteStart(Path.Combine(folder, "start"), Path.Combine(model, "oracle.safetensors"));
        string path = Path.Combine(folder, "recipe.json");
        File.WriteAllText(path, $$"""
            {
              "model": {{JsonSerializer.Serialize(Path.Combine(model, "SmolLM2-135M-Instruct.Q4_1.gguf"))}}, "quantize": "{{quantize}}",
              "batches": "batches.jsonl", "startFrom": "start", "out": "out", "saveEvery": 0,
              "training": { "learningRate": 1e-3, "schedule": "constant", "weightDecay": 0.01, "maxGradientNorm": 0, "checkpointing": false }
            }
            """);
        Recipe recipe = RecipeReader.ReadFile(path);
        using var pool = new ComputePool(2);
        using LanguageModel loaded = LanguageModel.Load(ModelSource.Open(recipe.Model), pool, recipe.Quantization);
        var steps = new List<TrainingStep>();
        using (var training = new TrainingRun(loaded, TrainingData.Of(GivenBatches.Open(recipe.Batches!, loaded.Config, recipe.Training)), recipe))
        {
            training.Run(resume: false, steps.Add);
        }

        double[] losses = [.. expected.GetProperty("losses").EnumerateArray().Select(e => e.GetDouble())];
        double[] norms = [.. expected.GetProperty("grad_norms").EnumerateArray().Select(e => e.GetDouble())];
        foreach ((TrainingStep step, double loss) in steps.Zip(losses))
        {
            output.WriteLine(FormattableString.Invariant($"{run} step {step.Step}: loss {step.Loss:f6}, reference {loss:f6}, relative error {Relative(step.Loss, loss):e1}"));
        }

        Assert.Equal(Steps, losses.Length);
        Assert.Equal(Steps, steps.Count);
        Assert.All(steps.Zip(losses), pair => Assert.InRange(Relative(pair.First.Loss, pair.Second), 0, 1e-4));
        Assert.All(steps.Zip(norms), pair => Assert.InRange(Relative(pair.First.GradientNorm, pair.Second), 0, 1e-3));
        Directory.Delete(folder, recursive: true);
    }

    private static double Relative(double actual, double expected) => Math.Abs(actual - expected) / Math.Abs(expected);

    private static void WriteBatches(string path, JsonElement samples)
    {
        string ids = string.Join(", ", samples.EnumerateArray().Select(s => s.GetProperty("ids").GetRawText()));
        string labels = string.Join(", ", samples.EnumerateArray().Select(s => s.GetProperty("labels").GetRawText()));
        string line = $$"""{ "input_ids": [{{ids}}], "labels": [{{labels}}] }""".ReplaceLineEndings(" ");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat(line + "\n", Steps)));
    }

    // The reference keeps A; B begins at zero.
    private static void WriteStart(string folder, string oracle)
    {
        const string Kept = "lora.init.", Written = "base_model.model.";
        Directory.CreateDirectory(folder);
        using SafetensorsFile file = SafetensorsFile.Open(oracle);
        var tensors = new List<SafetensorsTensor>();
        foreach (string name in file.Tensors.Keys.Where(key => key.StartsWith(Kept, StringComparison.Ordinal)).Select(key => key[Kept.Length..]))
        {
            bool query = name.Contains("q_proj", StringComparison.Ordinal);
            string b = name.Replace("lora_A", "lora_B", StringComparison.Ordinal);
            tensors.Add(SafetensorsTensor.F32(Written + name, file.ReadTensor(Kept + name)));
            tensors.Add(SafetensorsTensor.F32(Written + b, Tensor.Zeros(query ? 576 : 192, 8)));
        }

        SafetensorsWriter.Write(Path.Combine(folder, "adapter_model.safetensors"), tensors);
        File.WriteAllText(
            Path.Combine(folder, "adapter_config.json"),
            """{ "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 8, "lora_alpha": 16, "lora_dropout": 0.0, "bias": "none", "target_modules": ["q_proj", "v_proj"] }""");
    }
}
