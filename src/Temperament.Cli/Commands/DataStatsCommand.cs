using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Audit;

namespace Temperament.Cli.Commands;

/// <summary><c>temper data stats</c>: what an opinion set is like.</summary>
internal static class DataStatsCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string[]> files = new("F") { Description = "Opinion files (CSV), counted together.", Arity = ArgumentArity.OneOrMore };
        return host.Define("stats", "Counts an opinion set: answers, topics, words and facets by target, question forms, shared words.",
            ["temper data stats opinions.csv", "temper data stats train.csv test.csv --json"], [files], run =>
            {
                OpinionStatistics statistics = OpinionStatistics.Of([.. run.Arguments.GetRequiredValue(files).SelectMany(OpinionFile.Read)]);
                if (run.Json)
                {
                    Write(run, statistics);
                }
                else
                {
                    Print(run, statistics);
                }
            });
    }

    private static void Print(CommandRun run, OpinionStatistics statistics)
    {
        run.Print($"{statistics.Rows} answers, {statistics.Topics} topics");
        run.Print("");
        TextTable targets = new("target", ">answers", ">topics", ">words min", ">mean", ">max", ">different words", ">with \"!\"");
        foreach (TargetStatistics target in statistics.Targets)
        {
            targets.Add(target.Target.Name, $"{target.Rows}", $"{target.Topics}", $"{target.FewestWords}", Figures.Fixed(target.MeanWords, 1),
                $"{target.MostWords}", $"{target.DistinctWords}", $"{target.Exclamations}");
        }

        targets.Print(run.Terminal);
        run.Print("");
        if (statistics.Targets.Any(target => target.Facets.Count > 0))
        {
            Facets(statistics).Print(run.Terminal);
            run.Print("");
        }

        TextTable forms = new("question form", ">answers");
        foreach (KeyValuePair<string, int> form in statistics.QuestionForms.Take(20))
        {
            forms.Add(form.Key, $"{form.Value}");
        }

        forms.Print(run.Terminal);
        if (statistics.QuestionForms.Count > 20)
        {
            run.Print($"and {statistics.QuestionForms.Count - 20} more");
        }

        run.Print("");
        run.Print("shared mass of word frequencies (0 no word in common, 1 the same frequencies)");
        Overlaps(statistics).Print(run.Terminal);
    }

    private static TextTable Facets(OpinionStatistics statistics)
    {
        TextTable table = new("target", "answers by facet");
        foreach (TargetStatistics target in statistics.Targets.Where(target => target.Facets.Count > 0))
        {
            table.Add(target.Target.Name, string.Join(", ", target.Facets.Select(facet => $"{facet.Key} {facet.Value}")));
        }

        return table;
    }

    private static TextTable Overlaps(OpinionStatistics statistics)
    {
        TextTable table = new(["", .. statistics.Targets.Select(target => $">{target.Target.Name}")]);
        foreach (TargetStatistics row in statistics.Targets)
        {
            table.Add([row.Target.Name, .. statistics.Targets.Select(column => statistics.Overlaps
                .FirstOrDefault(pair => pair.First == column.Target && pair.Second == row.Target) is { } pair ? Figures.Fixed(pair.Overlap, 2) : "")]);
        }

        return table;
    }

    private static void Write(CommandRun run, OpinionStatistics statistics) => run.PrintJson(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("rows", statistics.Rows);
        json.WriteNumber("topics", statistics.Topics);
        json.WriteStartArray("targets");
        foreach (TargetStatistics target in statistics.Targets)
        {
            json.WriteStartObject();
            json.WriteString("target", target.Target.Name);
            json.WriteNumber("rows", target.Rows);
            json.WriteNumber("topics", target.Topics);
            json.WriteNumber("fewest_words", target.FewestWords);
            json.WriteNumber("mean_words", target.MeanWords);
            json.WriteNumber("most_words", target.MostWords);
            json.WriteNumber("distinct_words", target.DistinctWords);
            json.WriteNumber("exclamations", target.Exclamations);
            json.WriteStartObject("facets");
            foreach (KeyValuePair<string, int> facet in target.Facets)
            {
                json.WriteNumber(facet.Key, facet.Value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("questionForms");
        foreach (KeyValuePair<string, int> form in statistics.QuestionForms)
        {
            json.WriteNumber(form.Key, form.Value);
        }

        json.WriteEndObject();
        json.WriteStartArray("overlaps");
        foreach (LexicalOverlap pair in statistics.Overlaps)
        {
            json.WriteStartObject();
            json.WriteString("first", pair.First.Name);
            json.WriteString("second", pair.Second.Name);
            json.WriteNumber("overlap", pair.Overlap);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
