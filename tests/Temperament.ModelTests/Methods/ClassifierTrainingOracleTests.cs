using System.Text.Json;
using Temperament.Methods.Training;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>Ten steps of a RoBERTa classifier with all weights, against torch; the tolerances stand in the case's file.</summary>
public sealed class ClassifierTrainingOracleTests(ITestOutputHelper output)
{
    [Fact]
    public void Ten_steps_of_a_classifier_equal_the_reference()
    {
        string folder = Oracles.Shared("oracles", "training", "roberta-seqcls-full");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        JsonElement root = document.RootElement, optimizer = root.GetProperty("case").GetProperty("optimizer"), tolerance = root.GetProperty("tolerance");
        using var pool = new ComputePool(2);
        using TextClassifier classifier = TextClassifier.Load(WithVocabulary(), pool);
        var config = new TrainingConfig
        {
            LearningRate = optimizer.GetProperty("lr").GetDouble(),
            Schedule = ScheduleKind.Linear,
            WarmupSteps = optimizer.GetProperty("warmup").GetInt32(),
            WeightDecay = optimizer.GetProperty("weight_decay").GetDouble(),
            MaxGradientNorm = optimizer.GetProperty("clip").GetDouble(),
        };
        Dictionary<string, float[]> before = classifier.Parameters.ToDictionary(p => p.Name, p => p.Value.Span.ToArray());
        using var trainer = new ClassifierTrainer(pool, classifier.Parameters, config);
        using var state = new EncoderState(keepsActivations: true);
        using SafetensorsFile batches = SafetensorsFile.Open(Path.Combine(folder, "batches.safetensors"));
        Schedule schedule = config.ScheduleOver(10);

        double loss = 0, norm = 0;
        foreach ((int s, JsonElement expected) in root.GetProperty("steps").EnumerateArray().Index())
        {
            (EncoderInput[] texts, int[] labels) = Batch(batches, s, rows: 8, length: 20);
            TrainingStep step = trainer.Step(texts.Length, texts.Sum(t => t.Tokens.Length), schedule.RateAt(s), scale => classifier.Backward(texts, labels, state, scale));
            loss = Math.Max(loss, Relative(step.Loss, expected.GetProperty("loss_f64").GetDouble()));
            norm = Math.Max(norm, Relative(step.GradientNorm, expected.GetProperty("grad_norm_f64").GetDouble()));
        }

        string[] noise = [.. root.GetProperty("noise_only").EnumerateArray().Select(e => e.GetString()!)];
        using SafetensorsFile truth = SafetensorsFile.Open(Path.Combine(folder, "truth.safetensors"));
        List<float> actual = [], wanted = [];
        foreach (Parameter parameter in classifier.Parameters.Where(p => !noise.Contains(p.Name)))
        {
            actual.AddRange(parameter.Value.Span.ToArray().Zip(before[parameter.Name], (a, b) => a - b));
            wanted.AddRange(truth.ReadFloats("final." + parameter.Name).Zip(before[parameter.Name], (a, b) => a - b));
        }

        double change = Oracles.Nmse(actual.ToArray(), wanted.ToArray());
        output.WriteLine(FormattableString.Invariant($"roberta-seqcls-full: loss {loss:e1}, gradient norm {norm:e1}, change {change:e1}"));
        Assert.InRange(loss, 0, tolerance.GetProperty("loss_relative").GetDouble());
        Assert.InRange(norm, 0, tolerance.GetProperty("grad_norm_relative").GetDouble());
        Assert.InRange(change, 0, tolerance.GetProperty("change").GetDouble());
    }

    private static double Relative(double actual, double expected) => Math.Abs(actual - expected) / Math.Abs(expected);

    // The folder of the reference has no tokenizer, and the batches need none: that of another classifier stands in.
    private static string WithVocabulary()
    {
        string folder = TemporaryFolder.New("temper-roberta");
        foreach (string file in Directory.GetFiles(Oracles.Shared("oracles", "training", "bases", "roberta")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        File.Copy(Oracles.Shared("oracles", "models", "roberta-seqcls", "tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
        return folder;
    }

    private static (EncoderInput[] Texts, int[] Labels) Batch(SafetensorsFile file, int step, int rows, int length)
    {
        int[] ids = file.ReadInt32("input_ids"), mask = file.ReadInt32("attention_mask"), labels = file.ReadInt32("labels");
        return ([.. Enumerable.Range(step * rows, rows).Select(r => new EncoderInput(
            [.. Enumerable.Range(r * length, length).Where(i => mask[i] == 1).Select(i => ids[i])]))], labels[(step * rows)..((step + 1) * rows)]);
    }
}
