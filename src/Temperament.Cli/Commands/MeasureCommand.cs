using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Measures.Metrics;
using Temperament.Measures.Statistics;
using Temperament.Models;
using Temperament.Models.Text;
using Temperament.Studies.Running;

namespace Temperament.Cli.Commands;

/// <summary><c>temper measure</c>: questions to a model, and what its answers show.</summary>
internal static class MeasureCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        Option<BaseQuantization> quantize = ModelOptions.Quantization();
        Option<bool> other = ModelOptions.AllowOtherBase();
        Option<string?> with = new("--with") { Description = "Metrics or beginnings of their names, with commas between them; all where it is left out.", HelpName = "M,…" };
        Option<string?> target = new("--target") { Description = "The pole that answers are held against, as in extraversion-high, or neutral.", HelpName = "T" };
        Option<string?> samples = new("--samples") { Description = "Write the answers to this file too, one JSON object a line.", HelpName = "F" };
        var choices = new SurveyChoices();
        return host.Define("measure", "Asks a model questions and measures its answers, with 95 % intervals.",
            ["temper measure organism --count 50",
                "temper measure organism --adapter adapters/e-high --target extraversion-high --with emoji,trait-alignment"],
            [model, adapters, quantize, other, with, target, samples, .. choices.Symbols], run =>
            {
                ParseResult given = run.Arguments;
                MetricDefinition[] metrics = Chosen(given.GetValue(with));
                TraitTarget? aimed = given.GetValue(target) is { } text ? TraitTarget.TryParse(text, out TraitTarget found) ? found
                    : throw new UsageException($"--target: {NearestWord.Complain("target", text, [.. TraitTarget.Poles.Select(t => t.Name), TraitNames.Neutral])}") : null;
                StudyMaterials materials = choices.Materials(given);
                using LanguageModel loaded = ModelOpening.Load(
                    given.GetRequiredValue(model), run.Pool, given.GetValue(quantize), given.GetValue(adapters), given.GetValue(other), run.Log);
                AnswerSurvey survey = ProgressBar.Run(run, "asking", materials.Questions.Count, report => AnswerSurvey.Run(
                    loaded, materials, aimed, metrics, choices.Generation(given), done => report.Report(done, $"{done} answers"), run.Cancellation));
                if (given.GetValue(samples) is { } file)
                {
                    survey.SaveSamples(file);
                }

                Print(run, survey);
            });
    }

    private static MetricDefinition[] Chosen(string? names) => names is null
        ? [.. MetricCatalog.All]
        : [.. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(name =>
            MetricCatalog.All.Where(m => m.Id == name || m.Id.StartsWith(name + "-", StringComparison.Ordinal)) is var found && found.Any() ? found
                : throw new UsageException($"--with: {NearestWord.Complain("metric", name, [.. MetricCatalog.All.Select(m => m.Id)])}")).Distinct()];

    private static void Print(CommandRun run, AnswerSurvey survey)
    {
        if (run.Json)
        {
            run.PrintJson(json => Write(json, survey));
            return;
        }

        var table = new TextTable("metric", ">value", ">95 % interval", "unit", ">answers", ">missing");
        foreach (MetricValue value in survey.Metrics)
        {
            MetricDefinition metric = MetricCatalog.Find(value.Metric)!;
            table.Add(metric.Title, value.Value.TryGet(out Interval at) ? Shown(at.Estimate, metric) : "missing",
                value.Value.HasValue ? $"{Shown(at.Low, metric)} to {Shown(at.High, metric)}" : value.Value.Reason!, metric.Unit == "share" ? "" : metric.Unit,
                $"{value.Answers}", $"{value.Missing}");
        }

        table.Print(run.Terminal);
        if (survey.Classifier is { } classifier && classifier.Accuracy.TryGet(out Interval accuracy))
        {
            run.Print($"classifier: {Figures.Percent(accuracy.Estimate)} right on {classifier.Count} opinions about other topics");
        }
    }

    private static string Shown(double value, MetricDefinition metric) => metric.Unit == "share" ? Figures.Percent(value, 1) : Figures.Fixed(value, 3);

    private static void Write(Utf8JsonWriter json, AnswerSurvey survey)
    {
        json.WriteStartObject();
        json.WriteStartArray("metrics");
        foreach (MetricValue value in survey.Metrics)
        {
            MetricJson.Write(json, value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
