using System.Text.Json;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>
/// Ten steps of peft and torch, replayed from the same weights and batches. The tolerances stand in each case's file: a hundred times
/// the distance between the reference in float32 and in float64.
/// </summary>
public sealed class TrainingOracleTests
{
    public static TheoryData<string> Cases => new()
    {
        "golden/llama-nf4-lora", "llama-f32-lora", "llama-f32-lora-all", "llama-bf16-lora", "llama-full", "llama-accumulate", "llama-clip",
        "gpt2-lora",
    };

    [Theory, MemberData(nameof(Cases))]
    public void Ten_steps_equal_the_reference(string name)
    {
        bool golden = name.StartsWith("golden/", StringComparison.Ordinal);
        string root = golden ? Oracles.Golden("training") : Oracles.Shared("oracles", "training");
        Replay(root, golden ? name["golden/".Length..] : name, baseOverride: null);
    }

    [Fact]
    public void A_folder_of_nested_4_bit_weights_trains_as_its_dequantised_twin() =>
        Replay(Oracles.Golden("training"), "llama-nf4-lora", baseOverride: "llama-nf4");

    private static void Replay(string root, string name, string? baseOverride)
    {
        string folder = Path.Combine(root, name);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        JsonElement spec = document.RootElement.GetProperty("case"), tolerance = document.RootElement.GetProperty("tolerance");
        using var pool = new ComputePool(2);
        string model = Path.Combine(root, "bases", baseOverride ?? spec.GetProperty("base").GetString()!);
        using LanguageModel loaded = LanguageModel.Load(ModelSource.Open(model), pool);
        LoraAdapter? adapter = Directory.Exists(Path.Combine(folder, "adapter-init"))
            ? AdapterFile.Load(Path.Combine(folder, "adapter-init"), loaded.Network) : null;
        adapter?.Attach(loaded.Network);
        List<Parameter> parameters = [.. adapter?.Parameters ?? loaded.Network.Weights.Parameters];
        Dictionary<string, float[]> start = parameters.ToDictionary(p => p.Name, p => p.Value.Span.ToArray());
        (TrainingConfig config, Schedule schedule) = Read(spec.GetProperty("optimizer"));
        using var trainer = new Trainer(loaded.Network, parameters, config);

        using SafetensorsFile batches = SafetensorsFile.Open(Path.Combine(folder, "batches.safetensors"));
        JsonElement[] steps = [.. document.RootElement.GetProperty("steps").EnumerateArray()];
        for (int s = 0; s < steps.Length; s++)
        {
            TrainingStep step = trainer.Step(Batches(batches, s), schedule.RateAt(s));

            double limit = tolerance.GetProperty("loss_relative").GetDouble();
            Close(steps[s].GetProperty("loss_f64").GetDouble(), step.Loss, limit, $"loss of step {s}");
            Close(steps[s].GetProperty("grad_norm_f64").GetDouble(), step.GradientNorm, 1e-4, $"gradient norm of step {s}");
            Assert.Equal(steps[s].GetProperty("targets").GetInt32(), step.Targets);
            if (s == 0)
            {
                CompareGradients(Path.Combine(folder, "grads0.safetensors"), parameters, step, config, tolerance);
            }
        }

        using SafetensorsFile truth = SafetensorsFile.Open(Path.Combine(folder, "truth.safetensors"));
        List<float> change = [], expected = [];
        foreach (Parameter parameter in parameters)
        {
            float[] final = truth.ReadFloats("final." + parameter.Name);
            float[] from = start[parameter.Name];
            change.AddRange(parameter.Value.Span.ToArray().Zip(from, (a, b) => a - b));
            expected.AddRange(final.Zip(from, (a, b) => a - b));
        }

        double error = Oracles.Nmse(change.ToArray(), expected.ToArray());
        Assert.True(error <= tolerance.GetProperty("change").GetDouble(), $"change of the parameters: NMSE {error:e2}");
    }

    private static void CompareGradients(
        string path, List<Parameter> parameters, TrainingStep step, TrainingConfig config, JsonElement tolerance)
    {
        // The trainer leaves the step's gradients before clipping in place until the next step clears them.
        Assert.Equal(0, step.Step);
        Assert.True(config.BatchSize > 0);
        using SafetensorsFile gradients = SafetensorsFile.Open(path);
        List<float> actual = [], expected = [];
        foreach (Parameter parameter in parameters)
        {
            actual.AddRange(parameter.Gradient.Span.ToArray());
            expected.AddRange(gradients.ReadFloats(parameter.Name));
        }

        double error = Oracles.Nmse(actual.ToArray(), expected.ToArray());
        Assert.True(error <= tolerance.GetProperty("grad0").GetDouble(), $"gradients of step 0: NMSE {error:e2}");
    }

    private static void Close(double expected, double actual, double relative, string what) =>
        Assert.True(Math.Abs(actual - expected) <= relative * Math.Abs(expected), $"{what}: {actual:r} is not {expected:r}");

    private static (TrainingConfig Config, Schedule Schedule) Read(JsonElement optimizer)
    {
        double Number(string name, double otherwise) => optimizer.TryGetProperty(name, out JsonElement v) ? v.GetDouble() : otherwise;
        double[] betas = optimizer.TryGetProperty("betas", out JsonElement pair)
            ? [.. pair.EnumerateArray().Select(e => e.GetDouble())] : [0.9, 0.999];
        string kind = optimizer.TryGetProperty("schedule", out JsonElement shape) ? shape.GetString()! : "constant";
        var config = new TrainingConfig
        {
            LearningRate = optimizer.GetProperty("lr").GetDouble(),
            WeightDecay = Number("weight_decay", 0),
            MaxGradientNorm = Number("clip", 0),
            Beta1 = betas[0],
            Beta2 = betas[1],
        };
        ScheduleKind schedule = kind switch
        {
            "constant" => ScheduleKind.Constant,
            "linear" => ScheduleKind.Linear,
            "cosine" => ScheduleKind.Cosine,
            _ => throw new InvalidDataException(kind),
        };
        return (config, new Schedule(schedule, 10, (int)Number("warmup", 0), config.LearningRate));
    }

    private static List<TokenBatch> Batches(SafetensorsFile file, int step)
    {
        long[] shape = file.Tensors["input_ids"].Shape;
        int micro = (int)shape[1], rows = (int)shape[2], length = (int)shape[3];
        int[] ids = file.ReadInt32("input_ids"), labels = file.ReadInt32("labels"), mask = file.ReadInt32("attention_mask");
        var batches = new List<TokenBatch>();
        for (int m = 0; m < micro; m++)
        {
            var sequences = new List<TokenSequence>();
            for (int r = 0; r < rows; r++)
            {
                int at = ((((step * micro) + m) * rows) + r) * length;
                int real = mask.AsSpan(at, length).Count(1);
                sequences.Add(new TokenSequence(ids[at..(at + real)], [.. labels[(at + 1)..(at + real)], TokenBatch.NoTarget]));
            }

            batches.Add(TokenBatch.From(sequences));
        }

        return batches;
    }
}
