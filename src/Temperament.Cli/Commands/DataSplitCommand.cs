using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Studies.Data;

namespace Temperament.Cli.Commands;

/// <summary><c>temper data split</c>: three files that share no topic.</summary>
internal static class DataSplitCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> file = new("F") { Description = "Opinion file (CSV)." };
        Option<double> validation = Numbers.Real("--validation", "P", "Share of the topics on which settings are chosen.", 0, 1, 0.1);
        Option<double> test = Numbers.Real("--test", "P", "Share of the topics for the reported results.", 0, 1, 0.2);
        Option<long> seed = Numbers.Seed("Seed of the draw of topics.");
        Option<string> folder = new("--out") { Description = "Folder to write train.csv, validation.csv and test.csv to; a part without topics is left out.", HelpName = "DIR", Required = true };
        return host.Define("split", "Splits an opinion set by topic, so that no topic is in two parts.",
            ["temper data split opinions.csv --out parts", "temper data split opinions.csv --validation 0.1 --test 0.4 --seed 7 --out parts"],
            [file, validation, test, seed, folder], run =>
            {
                (double validated, double tested) = (run.Arguments.GetValue(validation), run.Arguments.GetValue(test));
                if (validated + tested >= 1)
                {
                    throw new UsageException("--validation and --test are shares of the topics: together less than 1.");
                }

                if (File.Exists(run.Arguments.GetRequiredValue(folder)))
                {
                    throw new UsageException($"--out {run.Arguments.GetRequiredValue(folder)} is a file; the parts are written to a folder. Give another path.");
                }

                OpinionSplit split = OpinionSplit.ByTopic(OpinionFile.Read(run.Arguments.GetRequiredValue(file)), validated, tested, run.Arguments.GetValue(seed));
                string path = run.Arguments.GetRequiredValue(folder);
                Directory.CreateDirectory(path);
                (string Name, OpinionSet Rows)[] parts = [.. new[] { ("train", split.Train), ("validation", split.Validation), ("test", split.Test) }.Where(part => part.Item2.Count > 0)];
                foreach ((string name, OpinionSet rows) in parts)
                {
                    OpinionFile.Write(Path.Combine(path, $"{name}.csv"), rows);
                }

                if (run.Json)
                {
                    run.PrintJson(json =>
                    {
                        json.WriteStartObject();
                        foreach ((string name, OpinionSet rows) in parts)
                        {
                            json.WriteStartObject(name);
                            json.WriteString("path", Path.Combine(path, $"{name}.csv"));
                            json.WriteNumber("rows", rows.Count);
                            json.WriteNumber("topics", rows.DistinctBy(row => row.Topic.Trim().ToLowerInvariant()).Count());
                            json.WriteEndObject();
                        }

                        json.WriteEndObject();
                    });
                    return;
                }

                foreach ((string name, OpinionSet rows) in parts)
                {
                    run.Print($"{Path.Combine(path, $"{name}.csv")}: {rows.Count} answers, {rows.DistinctBy(row => row.Topic.Trim().ToLowerInvariant()).Count()} topics");
                }
            });
    }
}
