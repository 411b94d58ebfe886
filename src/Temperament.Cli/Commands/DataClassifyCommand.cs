using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Measures.Statistics;
using Temperament.Models;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Classification;

namespace Temperament.Cli.Commands;

/// <summary><c>temper data classify</c>: whether answers carry their traits.</summary>
internal static class DataClassifyCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> train = new("TRAIN") { Description = "Opinions to learn from (CSV)." };
        Argument<string> test = new("TEST") { Description = "Opinions about other topics to be told (CSV)." };
        Option<string?> model = new("--model") { Description = "Besides words, a linear head on the mean-pooled states of this model.", HelpName = "MODEL" };
        Option<string[]> targets = new("--target") { Description = "Only these targets, as in extraversion-high; may be given again. Those of TEST if absent.", HelpName = "TARGET" };
        Option<string?> adapter = new("--adapter")
        {
            Description = "Besides, the head trained together with a low-rank adapter on --model. The folder keeps the training: run again after a stop to go on.", HelpName = "DIR",
        };
        return host.Define("classify", "Trains classifiers of the target on some topics and tests them on others: accuracy and confusion.",
            ["temper data classify train.csv test.csv", "temper data classify train.csv test.csv --model MODEL --json",
             "temper data classify train.csv test.csv --model MODEL --adapter runs/classifier"], [train, test, model, adapter, targets], run =>
            {
                if (run.Arguments.GetValue(adapter) is not null && run.Arguments.GetValue(model) is null)
                {
                    throw new UsageException("--adapter is trained on a model: give --model too.");
                }

                OpinionSet learned = OpinionFile.Read(run.Arguments.GetRequiredValue(train)), asked = OpinionFile.Read(run.Arguments.GetRequiredValue(test));
                HashSet<TraitTarget> wanted = [.. run.Arguments.GetValue(targets) is { Length: > 0 } names ? names.Select(Parse) : asked.Select(row => row.Target)];
                Opinion[] from = [.. learned.Where(row => wanted.Contains(row.Target))], to = [.. asked.Where(row => wanted.Contains(row.Target))];
                try
                {
                    List<ClassificationResult> results = [OpinionClassification.ByWords(from, to)];
                    if (run.Arguments.GetValue(model) is { } name)
                    {
                        using LanguageModel loaded = ModelOpening.Load(name, run.Pool, BaseQuantization.None, [], false);
                        results.Add(ProgressBar.Run(run, "reading", 1, bar => OpinionClassification.ByStates(from, to, loaded, done => bar.Report(done, ""), run.Cancellation)));
                        if (run.Arguments.GetValue(adapter) is { } folder)
                        {
                            results.Add(Adapt(run, from, to, loaded, results[^1].Block!.Value, folder));
                        }
                    }

                    Print(run, results);
                }
                catch (OpinionsDoNotFitException error)
                {
                    throw new DataFileException(run.Arguments.GetRequiredValue(test), 0, "rows that do not fit the training file", "other topics and the same targets", error.Message, error);
                }
            });
    }

    private static ClassificationResult Adapt(CommandRun run, Opinion[] from, Opinion[] to, LanguageModel model, int block, string folder)
    {
        try
        {
            return ProgressBar.Run(run, "training", 1, bar => AdapterClassification.Run(
                from, to, model, block, folder, null, (name, step, steps, loss) => bar.Stage(name, step, steps, loss), run.Cancellation));
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            throw new StoppedException($"stopped; {folder} holds what was done. Run the same command again to go on.");
        }
    }

    private static TraitTarget Parse(string name) => TraitTarget.TryParse(name, out TraitTarget target)
        ? target
        : throw new UsageException(NearestWord.Complain("target", name, [TraitNames.Neutral, .. TraitTarget.Poles.Select(pole => pole.Name)]));

    private static void Print(CommandRun run, IReadOnlyList<ClassificationResult> results)
    {
        if (run.Json)
        {
            Write(run, results);
            return;
        }

        foreach (ClassificationResult result in results)
        {
            string share = result.Test.Accuracy.TryGet(out Interval at)
                ? $"{Figures.Percent(at.Estimate, 1)} right ({result.Test.Correct} of {result.Test.Count}; 95 % interval {Figures.Fixed(100 * at.Low, 1)} to {Figures.Percent(at.High, 1)})" : "no row";
            run.Print($"{result.Name}, {result.Settings}: {share}; {Figures.Percent(result.ChosenAccuracy, 1)} {result.ChosenOn}");
            TextTable table = new(["is \\ told", .. result.Test.Labels.Select(label => $">{label}")]);
            for (int i = 0; i < result.Test.Labels.Count; i++)
            {
                table.Add([result.Test.Labels[i], .. result.Test.Confusion[i].Select(count => $"{count}")]);
            }

            table.Print(run.Terminal);
            run.Print("");
        }
    }

    private static void Write(CommandRun run, IReadOnlyList<ClassificationResult> results) => run.PrintJson(json =>
    {
        json.WriteStartArray();
        foreach (ClassificationResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("classifier", result.Name);
            json.WriteString("settings", result.Settings);
            json.WriteString("chosen", result.ChosenOn);
            json.WriteReal("chosenAccuracy", result.ChosenAccuracy);
            json.WriteNumber("correct", result.Test.Correct);
            json.WriteNumber("count", result.Test.Count);
            json.WriteStartObject("confusion");
            for (int i = 0; i < result.Test.Labels.Count; i++)
            {
                json.WriteStartArray(result.Test.Labels[i]);
                foreach (int count in result.Test.Confusion[i])
                {
                    json.WriteNumberValue(count);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
