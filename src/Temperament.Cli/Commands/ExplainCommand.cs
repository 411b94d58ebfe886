using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Measures.Interpretability;
using Temperament.Measures.Statistics;
using Temperament.Models;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;

namespace Temperament.Cli.Commands;

/// <summary><c>temper explain</c>: why a model writes what it writes.</summary>
internal static class ExplainCommand
{
    private const int RandomDraws = 3;

    public static Command Create(CommandHost host) => CommandHost.Group("explain", "Looks for what makes a model write as it does.", Neurons(host));

    private static Command Neurons(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        adapters.Required = true;
        adapters.DefaultValueFactory = null;
        Option<BaseQuantization> quantize = ModelOptions.Quantization();
        Option<bool> other = ModelOptions.AllowOtherBase();
        Option<int> top = Numbers.Integer("--top", "N", "Number of neurons to show.", 1, 1000, 20);
        Option<int[]> ablate = Numbers.List("--ablate", "5,10,…", "Silence this many of the highest neurons, and as many random ones, and ask again.");
        var choices = new SurveyChoices();
        return host.Define("neurons", "Finds the MLP neurons that push towards emojis when an adapter is on.",
            ["temper explain neurons organism --adapter adapters/e-high", "temper explain neurons organism --adapter adapters/e-high --ablate 10,20 --count 50"],
            [model, adapters, quantize, other, top, ablate, .. choices.Symbols], run =>
            {
                ParseResult given = run.Arguments;
                StudyMaterials materials = choices.Materials(given);
                GenerationSpec generation = choices.Generation(given);
                using LanguageModel loaded = ModelOpening.Load(
                    given.GetRequiredValue(model), run.Pool, given.GetValue(quantize), given.GetValue(adapters), given.GetValue(other), run.Log);
                var spec = new NeuronSpec { Targets = [], Counts = given.GetValue(ablate)!, RandomDraws = RandomDraws, Seed = generation.Seed };
                NeuronReading reading = ProgressBar.Run(run, "asking", 2 + (spec.Counts.Count * (1 + RandomDraws)), report => NeuronReading.Run(
                    loaded, materials, spec, generation, (done, rounds) => report.Report(done, $"round {done} of {rounds}"), run.Cancellation));
                Print(run, reading, given.GetValue(top));
            });
    }

    private static void Print(CommandRun run, NeuronReading reading, int top)
    {
        if (run.Json)
        {
            run.PrintJson(json => Write(json, reading, top));
            return;
        }

        run.Print($"answers with an emoji: adapter off {Rate(reading.Before)}, on {Rate(reading.After)}");
        PrintRanking(run, "neurons by their push towards emojis at sentence ends, each model over its own text", reading.Comparison.OwnText, top);
        PrintRanking(run, "the same, both over the tuned model's text", reading.Comparison.SameText, top);
        if (reading.Steps.Count > 0)
        {
            run.Print("");
            var table = new TextTable(">silenced", ">answers with an emoji", ">as many random neurons");
            foreach (AblationStep step in reading.Steps)
            {
                table.Add($"{step.Count}", Rate(step.Top), string.Join(", ", step.Random.Select(Rate)));
            }

            table.Print(run.Terminal);
        }
    }

    private static void PrintRanking(CommandRun run, string title, Measured<IReadOnlyList<NeuronScore>> ranking, int top)
    {
        run.Print("");
        if (!ranking.TryGet(out IReadOnlyList<NeuronScore>? scores))
        {
            run.Print($"{title}: missing, {ranking.Reason}");
            return;
        }

        run.Print(title);
        var table = new TextTable(">block", ">neuron", ">off", ">on", ">write", ">score");
        foreach (NeuronScore score in scores.Take(top))
        {
            table.Add($"{score.Neuron.Layer}", $"{score.Neuron.Index}", Figures.Fixed(score.Before, 4), Figures.Fixed(score.After, 4),
                Figures.Fixed(score.Write, 4), Figures.Fixed(score.Score, 5));
        }

        table.Print(run.Terminal);
    }

    private static string Rate(AblationRate rate) => rate.EmojiRate.TryGet(out Interval at) ? Figures.Percent(at.Estimate) : "missing";

    private static void Write(Utf8JsonWriter json, NeuronReading reading, int top)
    {
        json.WriteStartObject();
        NeuronJson.WriteRate(json, "off", reading.Before);
        NeuronJson.WriteRate(json, "on", reading.After);
        NeuronJson.WriteRanking(json, "ownText", reading.Comparison.OwnText, top);
        NeuronJson.WriteRanking(json, "sameText", reading.Comparison.SameText, top);
        NeuronJson.WriteSteps(json, reading.Steps);
        json.WriteEndObject();
    }
}
