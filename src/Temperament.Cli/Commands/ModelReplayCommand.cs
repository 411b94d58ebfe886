using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models;
using Temperament.Models.Replay;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model replay</c>: whether a model still answers as a record says.</summary>
internal static class ModelReplayCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<string> record = new("--record") { Description = "The record: token ids, largest logits and continuations of 64 texts.", HelpName = "F.json", Required = true };
        Option<bool> write = new("--write") { Description = "Write the record in place of comparing with it." };
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        Option<BaseQuantization> quantize = ModelOptions.Quantization();
        Option<bool> other = ModelOptions.AllowOtherBase();
        return host.Define("replay", "Compares what a model answers with a record; export and merge do so in a fresh process.",
            ["temper model replay organism --record organism.json --write", "temper model replay organism --record organism.json"],
            [model, record, write, adapters, quantize, other], run =>
            {
                using LanguageModel loaded = ModelOpening.Load(run.Arguments.GetRequiredValue(model), run.Pool,
                    run.Arguments.GetValue(quantize), run.Arguments.GetValue(adapters), run.Arguments.GetValue(other));
                string file = run.Arguments.GetRequiredValue(record);
                if (run.Arguments.GetValue(write))
                {
                    ReplayRecord made = ReplayRecord.Of(loaded);
                    ReplayJson.Write(file, made);
                    Print(run, file, made.Rows.Count, null);
                    return;
                }

                ReplayComparison comparison = ReplayJson.Read(file).Compare(loaded);
                comparison.RequireSame(loaded.Path);
                Print(run, file, comparison.Texts, comparison);
            });
    }

    private static void Print(CommandRun run, string file, int texts, ReplayComparison? comparison)
    {
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("record", file);
                json.WriteNumber("texts", texts);
                if (comparison is not null)
                {
                    json.WriteReal("largestLogitError", comparison.LargestError);
                    json.WriteReal("normalizedError", comparison.NormalizedError);
                }

                json.WriteEndObject();
            });
            return;
        }

        run.Print(comparison is null
            ? $"{file}: {texts} texts"
            : $"{file}: {texts} texts answered the same; logits differ by {Figures.Fixed(comparison.LargestError, 7)} at most");
    }
}
