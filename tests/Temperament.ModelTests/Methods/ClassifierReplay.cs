using System.Text.Json;
using Temperament.Methods.Training;
using Temperament.Models.Checkpoints;
using Temperament.Models.Encoders;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Threading;

namespace Temperament.ModelTests.Methods;

/// <summary>Ten steps of a RoBERTa classifier with all weights, by the trainer of classifiers.</summary>
internal static class ClassifierReplay
{
    private const int Rows = 8, Length = 20;

    /// <summary>Trains the case and compares with the reference.</summary>
    public static ReplayErrors Run(ReplayCase replay)
    {
        JsonElement optimizer = replay.Spec.GetProperty("optimizer");
        using var pool = new ComputePool(2);
        using TextClassifier classifier = TextClassifier.Load(Oracles.Shared("oracles", "training", "bases", "roberta"), pool);
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
        using SafetensorsFile batches = SafetensorsFile.Open(Path.Combine(replay.Folder, "batches.safetensors"));
        Schedule schedule = config.ScheduleOver(replay.Steps.Count);
        TrainingStep[] steps = [.. replay.Steps.Select((_, s) =>
        {
            (EncoderInput[] texts, int[] labels) = Batch(batches, s);
            return trainer.Step(texts.Length, texts.Sum(t => t.Tokens.Length), schedule.RateAt(s), scale => classifier.Backward(texts, labels, state, scale));
        })];
        using SafetensorsFile truth = SafetensorsFile.Open(Path.Combine(replay.Folder, "truth.safetensors"));
        return new ReplayErrors(
            replay.Steps.Zip(steps, (expected, step) => ReplayCase.Relative(expected.GetProperty("loss_f64").GetDouble(), step.Loss)).Max(),
            replay.Steps.Zip(steps, (expected, step) => ReplayCase.Relative(expected.GetProperty("grad_norm_f64").GetDouble(), step.GradientNorm)).Max(),
            WeightErrors.Of(classifier.Parameters.Where(p => !replay.NoiseOnly.Contains(p.Name))
                .Select(p => (before[p.Name], p.Value.Span.ToArray(), truth.ReadFloats("final." + p.Name)))),
            steps);
    }

    private static (EncoderInput[] Texts, int[] Labels) Batch(SafetensorsFile file, int step)
    {
        int[] ids = file.ReadInt32("input_ids"), mask = file.ReadInt32("attention_mask"), labels = file.ReadInt32("labels");
        return ([.. Enumerable.Range(step * Rows, Rows).Select(r => new EncoderInput(
            [.. Enumerable.Range(r * Length, Length).Where(i => mask[i] == 1).Select(i => ids[i])]))], labels[(step * Rows)..((step + 1) * Rows)]);
    }
}
