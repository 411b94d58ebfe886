using System.Diagnostics;
using Temperament.Benchmarks.Peers;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Runs;

/// <summary>
/// A run from its recipe to its passport on SmolLM2-135M: 300 short answers, three times, grouped by length, with log, checkpoints and the looks
/// before the first step and after the last; what is known before the first step, as samples and estimates, is not in its time. The texts are tokens drawn at random: time does not depend on what is said.
/// </summary>
internal static class WholeTraining
{
    /// <summary>What a filter is held against.</summary>
    public const string Name = "whole run of 300 short answers";

    private const string Folder = "../shared/models/smollm2-135m-instruct";
    private const int Samples = 300, LeastTokens = 30, MostTokens = 48, PromptTokens = 12;
    private const double GiB = 1 << 30;

    public static int Run(BenchOptions options, ComputePool pool, LimitProbe probe)
    {
        string? file = options.Model ?? (Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*.gguf").FirstOrDefault() : null);
        if (file is null)
        {
            Console.WriteLine($"\n{Name}: {Folder} is not there; name a GGUF file of SmolLM2 with --model");
            return 2;
        }

        string folder = Path.Combine(Path.GetTempPath(), $"temper-whole-{Environment.ProcessId}");
        try
        {
            Measure(file, folder, pool, probe);
            return 0;
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Measure(string file, string folder, ComputePool pool, LimitProbe probe)
    {
        PeakMemory.Reset();
        using LanguageModel model = LanguageModel.Load(ModelSource.Open(file), pool);
        var recipe = new Recipe
        {
            Model = file,
            Out = folder,
            Lora = new LoraConfig { Rank = 16, Alpha = 16 },
            ChoosesCheckpointing = true,
            Training = new TrainingConfig { Epochs = 3, BatchSize = 8, GroupByLength = true },
        };
        using var training = new TrainingRun(model, TrainingData.Of(Draw(model.Config.VocabularySize)), recipe);
        double estimate = training.EstimateSeconds(), operations = 0;
        long tokens = 0;
        var limits = new List<double>();
        double apart = 0;
        pool.Clock?.Reset();
        long start = Stopwatch.GetTimestamp();
        TrainingResult result = training.Run(resume: false, step =>
        {
            (operations, tokens) = (operations + training.Operations(step), tokens + step.Tokens);
            long before = Stopwatch.GetTimestamp();
            limits.Add(probe.MultiplyAdd());
            apart += Stopwatch.GetElapsedTime(before).TotalSeconds;
        });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds - apart, steps = result.Computing.TotalSeconds;
        double limit = Rounds.Median(limits), share = operations / steps * 1e-9 / limit, around = (seconds - steps) / seconds, peak = PeakMemory.Bytes - probe.Bytes, memory = training.Preview.Memory.Total - probe.Bytes;
        Console.WriteLine(FormattableString.Invariant(
            $"\n{Name}, SmolLM2-135M, r 16 on all linear layers, 3 epochs: {result.Steps} steps, {tokens} tokens, {seconds / 60:F2} minutes after the preflight; loss {result.FirstLoss:F2} to {result.LastLoss:F2}; checkpointing as a recipe that says nothing has it: {(training.Preview.Checkpoints ? "on" : "off, memory is plentiful")}"));
        Console.WriteLine(FormattableString.Invariant(
            $"  the steps: {tokens / steps:F1} tokens/s, {operations / steps * 1e-9:F0} GFLOP/s, {100 * share:F1} % of {limit:F0} (must 60 %, for 75 %)  {Share.Mark(share, 0.60, 0.75)}"));
        Console.WriteLine(FormattableString.Invariant(
            $"  around them, data, log, {result.Steps / recipe.SaveEvery} checkpoints, hashes and scores: {seconds - steps:F2} s, {100 * around:F2} % of the time (must 2 %, for 0.5 %)  {Share.MarkLow(around, 0.02, 0.005)}"));
        Console.WriteLine(FormattableString.Invariant(
            $"  estimated before the first step: {estimate:F1} s, {estimate / steps:F2} of what the steps took; {memory / GiB:F2} GiB, {memory / peak:F2} of the peak of {peak / GiB:F2} GiB (both must be within 15 %)"));
        TimeTable.Print(TimeTable.Of([.. (pool.Clock?.Times ?? []).Where(t => t.Job != nameof(MultiplyAddJob))], seconds));
    }

    private static TrainingSample[] Draw(int vocabulary)
    {
        var random = new RandomStream(1, "benchmark/answers");
        return [.. Enumerable.Range(0, Samples).Select(_ =>
        {
            int[] tokens = [.. Enumerable.Range(0, LeastTokens + random.NextInt(MostTokens - LeastTokens + 1)).Select(_ => random.NextInt(vocabulary))];
            int[] targets = [.. tokens.Select((_, i) => i + 1 < PromptTokens ? TokenBatch.NoTarget : tokens[(i + 1) % tokens.Length])];
            return new TrainingSample(new TokenSequence(tokens, targets), TrainsStop: true);
        })];
    }
}
