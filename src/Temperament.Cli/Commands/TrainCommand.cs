using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Studies.Data;
using Temperament.Studies.Running;
using Temperament.Tensors.Diagnostics;

namespace Temperament.Cli.Commands;

/// <summary><c>temper train</c>: an adapter from a recipe.</summary>
internal static class TrainCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> file = new("RECIPE") { Description = "A recipe; docs/recipe.schema.json documents every field." };
        Option<bool> resume = new("--resume") { Description = "Go on from the checkpoint of a run that was stopped or killed." };
        Option<string?> folder = new("--out") { Description = "Folder of the adapter, instead of the recipe's.", HelpName = "DIR" };
        return host.Define("train", "Trains a LoRA or QLoRA adapter as a recipe says.",
            ["temper train recipes/extraversion-high.json", "temper train recipes/extraversion-high.json --resume"],
            [file, resume, folder], run =>
            {
                string path = run.Arguments.GetRequiredValue(file);
                Recipe recipe = RecipeReader.ReadFile(path);
                if (run.Arguments.GetValue(folder) is { } other)
                {
                    recipe = recipe with { Out = Path.GetFullPath(other) };
                }

                string again = $"temper train {ShellWord.Of(path)}{(run.Arguments.GetValue(folder) is { } given ? $" --out {ShellWord.Of(given)}" : "")} --resume";
                Run(run, recipe, again, run.Arguments.GetValue(resume));
            });
    }

    private static void Run(CommandRun run, Recipe recipe, string again, bool resume)
    {
        using LanguageModel model = ModelOpening.Load(recipe.Model, run.Pool, recipe.Train == TrainedWeights.Full ? BaseQuantization.F32 : recipe.Quantization);
        TrainingData data = RecipeOpinions.Open(recipe, model);
        using var training = new TrainingRun(model, data, recipe, AnswerEvaluation.For(recipe, model));
        double limit = 0;
        if (!training.IsDone(resume))
        {
            PreviewText.Print(run, training, recipe, data);
            limit = MultiplyAddLimit(run);
        }

        if (resume && !training.IsDone(resume) && !File.Exists(Path.Combine(recipe.Out, TrainingRun.CheckpointName)))
        {
            run.Log($"{recipe.Out} holds no checkpoint to go on from: the run begins anew.");
        }

        long start = Stopwatch.GetTimestamp();
        TrainingResult result;
        try
        {
            result = ProgressBar.Run(run, "training", training.Steps, report =>
                training.Run(resume, step => report.Step(step, training.Operations(step), limit), run.Cancellation));
        }
        catch (OperationCanceledException)
        {
            throw new StoppedException($"stopped; the steps that were done are kept. \"{again}\" goes on with the next one.");
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (run.Json)
        {
            run.PrintJson(json => Write(json, result, seconds));
        }
        else if (result.WasThere)
        {
            run.Print($"{result.Folder} holds the adapter of this very run already; nothing was done.");
        }
        else
        {
            run.Print($"{result.Folder}: {training.Modules} modules in {result.Steps} steps, {Figures.Time(seconds)}; loss {Figures.Fixed(result.FirstLoss, 3)} to "
                + $"{Figures.Fixed(result.LastLoss, 3)}; logits moved by up to {Figures.Fixed(result.LargestLogitChange, 2)}");
            string quantize = recipe.Quantization == BaseQuantization.None ? "" : $" --quantize {BaseQuantizationNames.Of(recipe.Quantization)}";
            if (recipe.Data is not null && recipe.Train == TrainedWeights.Adapter)
            {
                run.Print($"Try it: temper generate {ShellWord.Of(recipe.Model)} --adapter {ShellWord.Of(result.Folder)}{quantize} --prompt \"{RecipeOpinions.Read(recipe)[0].Question}\"");
            }
        }
    }

    private static double MultiplyAddLimit(CommandRun run)
    {
        using var probe = new LimitProbe(run.Pool);
        return probe.MultiplyAdd();
    }

    private static void Write(Utf8JsonWriter json, TrainingResult result, double seconds)
    {
        json.WriteStartObject();
        json.WriteString("adapter", result.Folder);
        json.WriteBoolean("wasThere", result.WasThere);
        json.WriteNumber("samples", result.Samples);
        json.WriteNumber("steps", result.Steps);
        WriteKnown(json, "firstLoss", result.FirstLoss);
        WriteKnown(json, "lastLoss", result.LastLoss);
        WriteKnown(json, "largestLogitChange", result.LargestLogitChange);
        json.WriteReal("seconds", seconds);
        json.WriteEndObject();
    }

    // What a run that was there already did not measure again is null.
    private static void WriteKnown(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
